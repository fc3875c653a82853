//! placeholder
#![allow(dead_code)]
mod generate;
