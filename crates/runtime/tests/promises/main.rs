//! What the runtime promises, shown on a toy lane, a store that does as it is told and a manual clock.

mod abandoned;
mod answers;
mod calls;
mod computing;
mod deliveries;
mod facts;
mod failures;
mod fetching;
mod jobs;
mod loading;
mod model;
mod modules;
mod names;
mod quarantine;
mod reclaim;
mod services;
mod subscriptions;
mod support;
mod threads;
mod timers;
mod timers_many;
mod unknown;
mod waiting;
mod workers;
