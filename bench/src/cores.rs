//! Which cores the two sides run on.

use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The load generator on a core of its own, until this is dropped.
pub(crate) struct Apart {
    before: CpuSet,
}

impl Apart {
    /// Moves this thread to the last core and every thread of the server off it; not on a machine with
    /// one core.
    ///
    /// With a single request on its way, client and server are never busy at the same time. Whether the
    /// scheduler then leaves them on one core, or wakes up the other core for each step, changes the result
    /// several times over, and it may choose otherwise in each round. Callers on other machines always
    /// wake the server up.
    pub(crate) fn keep(server: Option<u32>) -> anyhow::Result<Option<Apart>> {
        let before = sched_getaffinity(None)?;
        let Some((client, rest)) = split(&before) else { return Ok(None) };
        if let Some(pid) = server {
            for thread in std::fs::read_dir(format!("/proc/{pid}/task"))? {
                let number = thread?.file_name().to_string_lossy().parse()?;
                sched_setaffinity(Pid::from_raw(number), &rest)?;
            }
        }
        sched_setaffinity(None, &client)?;
        Ok(Some(Apart { before }))
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        if let Err(error) = sched_setaffinity(None, &self.before) {
            eprintln!("the load generator stays on one core: {error}");
        }
    }
}

/// The last core, and the others; none if there is only one.
fn split(all: &CpuSet) -> Option<(CpuSet, CpuSet)> {
    let last = (0..CpuSet::MAX_CPU).rev().find(|&core| all.is_set(core))?;
    let (mut client, mut rest) = (CpuSet::new(), *all);
    client.set(last);
    rest.unset(last);
    (rest.count() > 0).then_some((client, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(cores: &[usize]) -> CpuSet {
        let mut set = CpuSet::new();
        cores.iter().for_each(|&core| set.set(core));
        set
    }

    #[test]
    fn the_client_gets_the_last_core_and_the_server_the_rest() {
        assert!(split(&set(&[0, 1, 5])) == Some((set(&[5]), set(&[0, 1]))));
        assert!(split(&set(&[3])).is_none());
    }
}
