//! What the runtime promises, shown on a toy lane, a store that does as it is told and a manual clock.

mod abandoned;
mod answers;
mod calls;
mod computing;
mod deliveries;
mod due;
mod due_many;
mod errands;
mod facts;
mod failures;
mod fetching;
mod loading;
mod model;
mod modules;
mod names;
mod reclaim;
mod services;
mod support;

mod threads;
mod unknown;
mod waiting;
