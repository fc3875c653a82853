//! The fault table, by the stage at which things go wrong.

mod before_head;
mod body;
mod connect;
mod http2;
mod redirect;
mod status;
mod stream;
mod stream_body;
mod success;

use super::fault::{Fault, check_all};

/// A test for each part of the table, and one for its size.
macro_rules! table {
    ($($name:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                check_all($name::faults()).await;
            }
        )*

        #[test]
        fn there_are_at_least_sixty_faults_with_names_of_their_own() {
            let faults: Vec<Fault> = [$($name::faults()),*].into_iter().flatten().collect();
            let mut names: Vec<&str> = faults.iter().map(|fault| fault.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), faults.len());
            assert!(names.len() >= 60, "{}", names.len());
        }
    };
}

table!(connect, before_head, redirect, status, body, success, stream, stream_body, http2);
