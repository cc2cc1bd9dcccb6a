//! Operations on platform applications and their endpoints.

pub(crate) mod create_platform_application;
pub(crate) mod create_platform_endpoint;
pub(crate) mod delete_endpoint;
pub(crate) mod delete_platform_application;
pub(crate) mod get_endpoint_attributes;
pub(crate) mod get_platform_application_attributes;
pub(crate) mod list_endpoints_by_platform_application;
pub(crate) mod list_platform_applications;
pub(crate) mod set_endpoint_attributes;
pub(crate) mod set_platform_application_attributes;
