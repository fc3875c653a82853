//! Redirects are never followed: they might take the key along.

use super::super::ask::Ask::{Image, Speech, Stream, Text, Video};
use super::super::ask::{Ask, Money};
use super::super::fault::Fault;

pub(super) fn faults() -> Vec<Fault> {
    let rows: [(u16, Ask, Money); 6] = [
        (301, Text, Money::Refused),
        (302, Image, Money::Unknown),
        (303, Video, Money::Unknown),
        (307, Speech, Money::Refused),
        (308, Video, Money::Refused),
        (307, Stream, Money::Refused),
    ];
    let fault = |(status, ask, money)| {
        Fault::redirected(format!("redirect {status} of {ask:?}"), ask, status)
            .fails("refused", money)
            .status(status)
            .says("redirected to http://127.0.0.1")
    };
    rows.into_iter().map(fault).collect()
}
