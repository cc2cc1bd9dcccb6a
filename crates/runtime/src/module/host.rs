//! The program as a module sees it.

use std::sync::Arc;

use identity::Identity;

use super::settings::Settings;
use crate::calls::Calls;
use crate::node::Node;

/// The program as a module sees it while it is built.
#[derive(Clone)]
pub struct Host {
    /// The node: time, chance, tasks, slots.
    pub node: Arc<Node>,
    /// Users, roles and credentials.
    pub identity: Arc<Identity>,
    /// Operations of all services, once all modules are there.
    pub calls: Arc<Calls>,
    /// The modules' own settings.
    pub settings: Settings,
}
