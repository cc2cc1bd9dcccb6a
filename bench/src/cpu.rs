//! CPU time and memory, as the kernel counts them.

use std::time::Duration;

use anyhow::Context;

/// CPU time that a process has used, in user and system mode, all its threads together. The kernel
/// shows it in ticks of 10 ms.
pub(crate) fn of_process(pid: u32) -> anyhow::Result<Duration> {
    let file = format!("/proc/{pid}/stat");
    let text = std::fs::read_to_string(&file).context(file.clone())?;
    let ticks = ticks(&text).with_context(|| format!("{file} reads: {text}"))?;
    Ok(time(ticks))
}

/// CPU time that this process has used.
pub(crate) fn of_this_process() -> anyhow::Result<Duration> {
    of_process(std::process::id())
}

/// CPU time that was used on the whole machine, by whomever, or taken from it by its host.
pub(crate) fn of_everybody() -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string("/proc/stat").context("/proc/stat")?;
    Ok(time(busy_ticks(&text).context("/proc/stat does not begin as it should")?))
}

/// Memory of a process that is in RAM, in bytes.
pub(crate) fn resident(pid: u32) -> anyhow::Result<u64> {
    let file = format!("/proc/{pid}/status");
    let text = std::fs::read_to_string(&file).context(file.clone())?;
    resident_kib(&text).map(|kib| kib * 1024).with_context(|| format!("{file} has no VmRSS"))
}

/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
fn resident_kib(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// How many tasks were ready to run or waited for the disk, the mean of the last minute.
pub(crate) fn load_average() -> anyhow::Result<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").context("/proc/loadavg")?;
    let first = text.split_whitespace().next().context("/proc/loadavg is empty")?;
    first.parse().with_context(|| format!("/proc/loadavg reads: {text}"))
}

fn time(ticks: u64) -> Duration {
    Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// The first line's user, nice, system, irq, softirq and steal time: all but idle and iowait.
/// <https://man7.org/linux/man-pages/man5/proc_stat.5.html>
fn busy_ticks(stat: &str) -> Option<u64> {
    let fields = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace().take(8);
    let ticks: Vec<u64> = fields.map(|field| field.parse().ok()).collect::<Option<_>>()?;
    Some(ticks.iter().sum::<u64>() - ticks.get(3)? - ticks.get(4)?)
}

/// `utime` and `stime`, the 14th and 15th field; the second is a name that may hold spaces and
/// parentheses. <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
fn ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_parentheses_does_not_shift_the_fields() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 3 0 9";
        assert_eq!(ticks(stat), Some(300));
    }

    #[test]
    fn waiting_is_not_work() {
        assert_eq!(busy_ticks("cpu  1 2 4 1000 2000 8 16 32 0 0\ncpu0 9 9 9"), Some(63));
        assert_eq!(busy_ticks("cpu  1 2"), None);
    }

    #[test]
    fn resident_memory_is_found_in_the_status() {
        assert_eq!(resident_kib("VmHWM:\t  90 kB\nVmRSS:\t    1234 kB\n"), Some(1234));
        assert!(resident(std::process::id()).unwrap() > 100_000);
        assert!(load_average().unwrap() >= 0.0);
    }

    #[test]
    fn this_process_has_used_some_time_and_never_less_than_before() {
        let before = of_this_process().unwrap();
        assert!(of_this_process().unwrap() >= before);
    }
}
