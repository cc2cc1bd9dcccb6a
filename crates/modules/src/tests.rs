//! The list of modules as it is.

use base::{Clock, Random, Timestamp};
use identity::testing;
use runtime::{Calls, Node, Parts, Quotas, Settings, Unobserved};
use serde_json::json;
use store::memory::MemoryStore;

use super::*;

async fn host(settings: Settings) -> Host {
    let parts = Parts {
        store: MemoryStore::open(Default::default()),
        clock: Clock::manual(Timestamp::ZERO),
        random: Random::seeded(1),
        quotas: Quotas::None,
    };
    let node = Node::start(parts).await.expect("it starts");
    let calls = Calls::new(&node, "http://localhost:4566");
    Host { node, identity: testing::open(&[7; 32]), calls, settings }
}

#[tokio::test]
async fn all_modules_go_together_and_are_called_as_they_are_listed() {
    let host = host(Settings::default()).await;
    let registry = open(&host, |_| Arc::new(Unobserved)).expect("they go together");
    assert!(registry.models().count() >= MODULES.len());
    for (name, module) in MODULES {
        assert_eq!(module(&host).map(|module| module.name()), Ok(*name));
    }
}

#[tokio::test]
async fn every_module_refuses_settings_that_it_does_not_know() {
    for (name, _) in MODULES {
        let tables = json!({ *name: { "no-such-setting": 1 } });
        let settings = Settings::new(serde_json::from_value(tables).expect("a table"));
        let opened = open(&host(settings).await, |_| Arc::new(Unobserved));
        let error = opened.err().unwrap_or_default();
        assert!(
            error.contains(&format!("in [{name}]: unknown field `no-such-setting`")),
            "{error}"
        );
    }
}
