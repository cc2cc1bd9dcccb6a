//! A timer that is precise to microseconds: the runtime's own rounds up to a millisecond, which is longer than
//! most answers take.

use std::io::{self, ErrorKind};
use std::time::Duration;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::net::unix::pipe::Receiver;

/// A timer of the kernel. It is read as a pipe would be: eight bytes each time it has rung.
#[derive(Debug)]
pub(crate) struct Alarm(Receiver);

impl Alarm {
    /// One that is not set.
    pub(super) fn new() -> io::Result<Alarm> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        Ok(Alarm(Receiver::from_owned_fd_unchecked(timer)?))
    }

    /// Waits that long.
    pub(super) async fn ring_in(&self, after: Duration) -> io::Result<()> {
        // Zero would switch it off.
        let after = after.max(Duration::from_nanos(1));
        let it_value = Timespec::try_from(after).map_err(io::Error::other)?;
        let once = Itimerspec { it_interval: Timespec::default(), it_value };
        timerfd_settime(&self.0, TimerfdTimerFlags::empty(), &once)?;
        loop {
            self.0.readable().await?;
            match self.0.try_read(&mut [0; 8]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                rung => return rung.map(drop),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[tokio::test]
    async fn it_never_rings_too_early_and_can_be_set_again() {
        let alarm = Alarm::new().unwrap();
        for micros in [0, 300, 50] {
            let (begin, after) = (Instant::now(), Duration::from_micros(micros));
            alarm.ring_in(after).await.unwrap();
            assert!(begin.elapsed() >= after);
        }
    }
}
