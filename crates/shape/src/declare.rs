//! Macros that declare what a model says, a line for each member, operation and error.
//!
//! Generated code is made of them. They are macros so that a service with a hundred operations is a table
//! of a thousand lines; what each expands to is written once, here.

/// Declares structures: the type, its schema, and how it is read and written.
///
/// ```
/// use shape::constants::*;
/// use shape::{Decode, Member};
///
/// shape::structures! {
///     /// The request's parameters.
///     Rename "RenameRequest" {
///         0 name: String = Member::new("Name", STRING).required();
///         1 force: Option<bool> = Member::new("Force", BOOLEAN);
///     }
/// }
/// assert_eq!(Rename::SCHEMA.members.len(), 2);
/// ```
#[macro_export]
macro_rules! structures {
    ($(
        $(#[$attribute:meta])*
        $name:ident $shape:literal $($xml_name:literal)? {
            $($index:literal $field:ident: $type:ty = $member:expr;)*
        }
    )*) => { $(
        $(#[$attribute])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $(#[allow(missing_docs)] pub $field: $type,)*
        }

        impl $crate::Decode for $name {
            const SCHEMA: &'static $crate::Schema = {
                static SCHEMA: $crate::Schema = $crate::Schema {
                    name: $shape,
                    xml_name: $crate::first!($($xml_name)? $shape),
                    members: &[$($member),*],
                };
                &SCHEMA
            };

            #[allow(unused_mut, unused_variables, clippy::match_single_binding)]
            fn decode(reader: &mut dyn $crate::Reader) -> Result<Self, $crate::Malformed> {
                let mut value = Self::default();
                let members = Self::SCHEMA.members;
                reader.structure(Self::SCHEMA, &mut |index, reader| match index {
                    $($index => $crate::Field::fill(&mut value.$field, reader, &members[$index]),)*
                    _ => Ok(()),
                })?;
                Ok(value)
            }
        }

        impl $crate::Encode for $name {
            fn schema(&self) -> &'static $crate::Schema {
                <Self as $crate::Decode>::SCHEMA
            }

            #[allow(unused_variables)]
            fn encode(&self, writer: &mut dyn $crate::Writer) {
                let schema = <Self as $crate::Decode>::SCHEMA;
                writer.structure(schema, &mut |writer| {
                    $($crate::Field::put(&self.$field, writer, &schema.members[$index]);)*
                });
            }
        }

        impl $crate::Value for $name {
            fn read(
                reader: &mut dyn $crate::Reader,
                _: &'static $crate::Target,
            ) -> Result<Self, $crate::Malformed> {
                $crate::Decode::decode(reader)
            }

            fn write(&self, writer: &mut dyn $crate::Writer, _: &'static $crate::Target) {
                $crate::Encode::encode(self, writer);
            }
        }
    )* };
}

/// The first of one or two literals.
#[doc(hidden)]
#[macro_export]
macro_rules! first {
    ($first:literal $($rest:literal)?) => {
        $first
    };
}

/// Declares the schemas and constraints that members share.
#[macro_export]
macro_rules! schemas {
    ($($kind:ident $name:ident: $type:ident = $value:expr;)*) => {
        $($crate::schemas!(@ $kind $name: $type = $value);)*
    };
    (@ pattern $name:ident: $type:ident = $value:expr) => {
        static $name: $crate::$type = $crate::$type::new($value);
    };
    (@ text $name:ident: $type:ident = $value:expr) => {
        const $name: $crate::$type = $value;
    };
    (@ shared $name:ident: $type:ident = $value:expr) => {
        static $name: $crate::$type = $value;
    };
}

/// Declares operations: a type for each, and its model.
#[macro_export]
macro_rules! operations {
    ($($model:ident $name:ident($input:ident) -> $output:ident = $value:expr;)*) => { $(
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl $crate::Operation for $name {
            type Input = types::$input;
            type Output = types::$output;
            const MODEL: &'static $crate::OperationModel = &$model;
        }

        pub static $model: $crate::OperationModel = $value;
    )* };
}

/// Declares errors.
#[macro_export]
macro_rules! errors {
    ($($model:ident = $value:expr;)*) => {
        $(pub static $model: $crate::ErrorModel = $value;)*
    };
}

/// Declares services of which only the names and routes of the operations are known.
#[macro_export]
macro_rules! catalog {
    ($($name:ident = $model:expr => { $($operation:expr;)* })*) => {
        $(static $name: $crate::ServiceModel =
            $crate::ServiceModel { operations: &[$(&$operation),*], ..$model };)*

        /// All of them, sorted by name.
        pub static SERVICES: &[&$crate::ServiceModel] = &[$(&$name),*];
    };
}
