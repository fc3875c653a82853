//! The client as its users see it, over the mock and over backends made to go wrong.

#[cfg(test)]
mod backends;
#[cfg(test)]
mod budgets;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod futures;
#[cfg(test)]
mod prices;
#[cfg(test)]
mod save;
#[cfg(test)]
mod slots;
