//! A commit that is done, and whose answer is lost on the way.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use cosmic_ai_pricing::ledger::{Admitted, Advanced, Ledger};

use super::place::{Place, assert_whole, everything, on, sent, settled, tokens, within};

/// What lies between a ledger and its server: it hands everything on, except, if it is told so, the answer to a commit.
struct Between {
    address: String,
    /// Cut the connection once, after the next commit.
    cuts: Arc<AtomicBool>,
    cut: Arc<AtomicU64>,
}

impl Between {
    fn new(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (cuts, cut) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let (told, counted) = (Arc::clone(&cuts), Arc::clone(&cut));
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                let server = TcpStream::connect(&server).unwrap();
                hand_on(client, server, &told, &counted);
            }
        });
        Self { address, cuts, cut }
    }
}

fn hand_on(client: TcpStream, server: TcpStream, cuts: &Arc<AtomicBool>, cut: &Arc<AtomicU64>) {
    let is_cut = Arc::new(AtomicBool::new(false));
    let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (cuts, cut, cutting) = (Arc::clone(cuts), Arc::clone(cut), Arc::clone(&is_cut));
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_client.read(&mut bytes) {
            let bytes = bytes.get(..count).unwrap();
            let is_commit = bytes.windows(7).any(|text| text == b"COMMIT;");
            if is_commit && cuts.swap(false, Ordering::SeqCst) {
                cut.fetch_add(1, Ordering::SeqCst);
                cutting.store(true, Ordering::SeqCst);
            }
            if to_server.write_all(bytes).is_err() {
                break;
            }
        }
        drop(to_server.shutdown(Shutdown::Both));
    });
    let (mut from_server, mut to_client) = (server, client);
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_server.read(&mut bytes) {
            // The answer to the commit: it was done.
            if is_cut.load(Ordering::SeqCst) || to_client.write_all(bytes.get(..count).unwrap()).is_err() {
                break;
            }
        }
        drop(to_client.shutdown(Shutdown::Both));
    });
}

/// The address of the server, and the URL with another one.
fn rerouted(place: &Place, address: &str) -> String {
    let url = place.address("&sslmode=disable");
    let end = url.find("://").unwrap() + 3;
    let start = url.find('@').map_or(end, |at| at + 1);
    let length = url[start..].find('/').unwrap();
    format!("{}{address}{}", &url[..start], &url[start + length..])
}

fn server_of(place: &Place) -> String {
    let rest = place.url.split_once("://").unwrap().1;
    let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
    rest.split_once('/').unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_answered_as_done_and_not_done_again() {
    on("doubt", async |place| {
        let between = Between::new(server_of(place));
        let ledger = place.builder_at(&rerouted(place, &between.address)).connect().await.unwrap();
        for round in 1..=5 {
            let name = round.to_string();
            between.cuts.store(true, Ordering::SeqCst);
            assert_eq!(ledger.admit(within(sent(&name), 1_000)).await.unwrap(), Admitted::New);
            assert_eq!(between.cut.load(Ordering::SeqCst), 2 * round - 1);
            between.cuts.store(true, Ordering::SeqCst);
            let answer = ledger.advance(settled(&name)).await.unwrap();
            assert!(matches!(answer, Advanced::Done(_)), "{answer:?}");
            assert_eq!(between.cut.load(Ordering::SeqCst), 2 * round);
            assert_eq!(ledger.standing(&everything()).await.unwrap().spent, tokens(7 * round));
        }
        assert_whole(&ledger).await;
    })
    .await;
}
