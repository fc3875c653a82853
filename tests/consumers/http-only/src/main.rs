//! An application on the HTTP backend alone, against a server of ten lines.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use cosmic_ai::{Client, Cost, Error, ErrorKind, TextRequest};

const ANSWER: &str = r#"{"text":"A mug.","usage":{"input_tokens":8,"output_tokens":3}}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base_url = format!("http://{}/v3", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().expect("a connection");
        let mut request = [0; 4_096];
        let length = connection.read(&mut request).expect("a request");
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length:";
        write!(connection, "{head} {}\r\n\r\n{ANSWER}", ANSWER.len()).expect("an answer");
        String::from_utf8_lossy(&request[..length]).into_owned()
    });

    let settings = |name: &str| match name {
        "COSMIC_BUCKET_SLUG" => Some("shop".to_owned()),
        "COSMIC_WRITE_KEY" => Some("secret".to_owned()),
        "COSMIC_BASE_URL" => Some(base_url.clone()),
        _ => None,
    };
    let client = Client::from_variables(&settings)?;
    let ask = TextRequest::new("What is a mug?").with_max_tokens(5);
    let answer = client.generate_text(&ask).await?;
    let cost = client.cost(&ask, answer.usage.as_ref());
    assert!(matches!(cost, Cost::Known(charge) if charge.total().get() == 22));
    let request = server.join().expect("the server's thread");
    assert!(request.starts_with("POST /v3/buckets/shop/ai/text HTTP/1.1\r\n"), "{request}");
    println!("http-only: {} ({cost})", answer.text);

    let error = Client::from_variables(&|_| None).expect_err("nothing is set");
    assert!(matches!(error.kind(), ErrorKind::Configuration { .. }));
    println!("http-only: {error}");
    Ok(())
}
