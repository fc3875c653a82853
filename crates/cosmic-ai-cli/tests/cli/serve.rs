//! `serve`: what it refuses.

use crate::rig::User;

#[test]
fn what_would_be_open_to_strangers_is_refused() {
    let user = User::new();
    user.run(&["serve", "--addr", "0.0.0.0:0"]).assert_code(4).says("loopback");
    user.run(&["serve", "--bucket", "my-shop"]).assert_code(2).says("COSMIC_SERVE_WRITE_KEY");
    user.run(&["serve", "--backend", "http", "--addr", "127.0.0.1:0"]).assert_code(4);
}

#[test]
fn an_address_that_is_taken_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    User::new().run(&["serve", "--addr", &address]).assert_code(1).says("cannot listen").says("--addr 127.0.0.1:0");
}
