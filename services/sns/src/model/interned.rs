//! Values that many subscriptions share, kept once.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Values in use, with how many use them. (They are counted here, because changes and copies hold them for a
/// while too.)
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Interned<T: ?Sized>(BTreeMap<Arc<T>, usize>);

impl<T: ?Sized> Default for Interned<T> {
    fn default() -> Self {
        Interned(BTreeMap::new())
    }
}

impl<T: ?Sized> Clone for Interned<T> {
    fn clone(&self) -> Self {
        Interned(self.0.clone())
    }
}

impl<T: Ord + ?Sized> Interned<T> {
    /// The kept value that equals this one, which has a user more.
    pub(super) fn keep(&mut self, value: Arc<T>) -> Arc<T> {
        let kept = self.0.get_key_value(&value).map_or(value, |(kept, _)| Arc::clone(kept));
        *self.0.entry(Arc::clone(&kept)).or_default() += 1;
        kept
    }

    /// One user less; the last one's value goes.
    pub(super) fn release(&mut self, value: &Arc<T>) {
        let Some(users) = self.0.get_mut(value) else { return };
        *users -= 1;
        if *users == 0 {
            self.0.remove(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_one_until_the_last_user_has_gone() {
        let mut interned = Interned::<str>::default();
        let (a, b) = (interned.keep("x".into()), interned.keep("x".into()));
        assert!(Arc::ptr_eq(&a, &b));
        interned.release(&a);
        assert_eq!(interned.0.len(), 1);
        interned.release(&b);
        assert_eq!(interned.0.len(), 0);
    }
}
