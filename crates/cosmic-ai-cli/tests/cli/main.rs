//! The real program: what it prints, where, with which exit code, and what it leaves behind.

#[cfg(test)]
mod batch;
#[cfg(test)]
mod batch_interruption;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod folder;
#[cfg(test)]
#[cfg(feature = "namespace-tests")]
mod full_disk;
#[cfg(test)]
mod help;
#[cfg(test)]
mod interruption;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod media;
#[cfg(test)]
mod parity;
#[cfg(test)]
mod pipes;
#[cfg(test)]
mod rehearsal;
#[cfg(test)]
mod resume;
#[cfg(test)]
mod rig;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod spending;
#[cfg(test)]
mod targets;
#[cfg(test)]
#[cfg(feature = "postgres-tests")]
mod team;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod text;
