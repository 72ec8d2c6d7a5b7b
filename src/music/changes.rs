//! Sorted lists of what holds from a tick on (tempo, meter, chord …), at most one entry a tick.

use super::time::Tick;

/// An entry of such a list.
pub trait Change {
    fn tick(&self) -> Tick;
}

/// Puts `change` in its place; one at the same tick gives way.
pub fn set<T: Change>(list: &mut Vec<T>, change: T) {
    match list.binary_search_by_key(&change.tick(), T::tick) {
        Ok(i) => list[i] = change,
        Err(i) => list.insert(i, change),
    }
}

/// Takes out the entry at exactly `tick`.
pub fn remove<T: Change>(list: &mut Vec<T>, tick: Tick) -> Option<T> {
    list.binary_search_by_key(&tick, T::tick).ok().map(|i| list.remove(i))
}

/// The entry that holds at `tick`: the last at or before it.
pub fn in_force<T: Change>(list: &[T], tick: Tick) -> Option<&T> {
    list[..list.partition_point(|c| c.tick() <= tick)].last()
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Change for (Tick, char) {
        fn tick(&self) -> Tick {
            self.0
        }
    }

    #[test]
    fn sorted_and_at_most_one_a_tick() {
        let mut list = Vec::new();
        for change in [(5, 'a'), (1, 'b'), (9, 'c'), (5, 'd')] {
            set(&mut list, change);
        }
        assert_eq!(list, [(1, 'b'), (5, 'd'), (9, 'c')]);
        assert_eq!((in_force(&list, 0), in_force(&list, 8)), (None, Some(&(5, 'd'))));
        assert_eq!((remove(&mut list, 5), remove(&mut list, 5)), (Some((5, 'd')), None));
    }
}
