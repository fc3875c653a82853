//! TLS, by the parameters of the URL.

use std::env;

use cosmic_ai_pricing::ledger::{Ledger, LedgerError};
use sqlx::query_scalar;

use super::place::{id, on};

/// An authority that has nothing to do with the server.
const STRANGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ledgers/postgres/stranger.pem");

#[tokio::test]
async fn the_server_is_verified_by_the_authority_that_the_url_names() {
    let authority = env::var("COSMIC_TEST_POSTGRES_CA")
        .expect("COSMIC_TEST_POSTGRES_CA names no certificate for this test: run `cargo xtask ci ledgers`");
    on("tls", async |place| {
        let trusting = place.address(&format!("&sslmode=verify-full&sslrootcert={authority}"));
        let ledger = place.builder_at(&trusting).connect().await.unwrap();
        assert_eq!(ledger.entry(&id("a")).await.unwrap(), None);
        let encrypted = "SELECT count(*) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) \
                         WHERE ssl AND application_name = left($1, 63)";
        let encrypted = query_scalar(encrypted).bind(&place.schema);
        let encrypted: i64 = encrypted.fetch_one(&mut place.session().await).await.unwrap();
        assert_eq!(encrypted, 2, "one connection to write, one to read");
    })
    .await;
}

#[tokio::test]
async fn a_server_of_another_authority_or_of_one_that_nobody_knows_is_refused() {
    on("strange", async |place| {
        for parameters in [format!("&sslmode=verify-full&sslrootcert={STRANGER}"), "&sslmode=verify-full".to_owned()] {
            let error = place.builder_at(&place.address(&parameters)).connect().await.unwrap_err();
            let LedgerError::Unavailable { message } = &error else { panic!("{error}") };
            assert!(message.contains("certificate"), "{error}");
        }
    })
    .await;
}
