//! Services that are known and not served: the names and routes of their operations, generated from the
//! public models by `cargo xtask codegen`. Only this file is by hand.
//!
//! A request for one of these operations is refused by name, in its own protocol. The table has no shapes,
//! so that a service costs a line an operation until it is served.

mod services;

pub use services::SERVICES;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_and_operations_are_sorted_and_found_by_name() {
        assert!(SERVICES.is_sorted_by_key(|service| service.name));
        for service in SERVICES {
            assert!(!service.protocols.is_empty() && !service.operations.is_empty());
            for operation in service.operations {
                let found = service.operation(operation.name).map(|found| found.name);
                assert_eq!(found, Some(operation.name), "{}", service.name);
            }
        }
    }
}
