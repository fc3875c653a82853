//! The real program: what it prints, where, with which exit code, and what it leaves behind.

mod batch;
mod errors;
mod help;
mod interruption;
mod media;
mod parity;
mod pipes;
mod rig;
mod serve;
mod settings;
mod spending;
mod terminal;
mod text;
