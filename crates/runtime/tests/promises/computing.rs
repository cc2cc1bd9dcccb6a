//! Long computations go beside the requests, and not all at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use runtime::Tasks;

#[tokio::test]
async fn requests_go_on_while_something_is_computed() {
    let tasks = Tasks::default();
    let (finish, finished) = mpsc::channel();
    // The only thread of this test would never come to the second line, if it computed the first one.
    let computed = tasks.compute(move || finished.recv());
    let meanwhile = async { finish.send("done") };
    let (computed, sent) = futures::join!(computed, meanwhile);
    assert_eq!((computed, sent), (Ok(Ok("done")), Ok(())));
}

#[tokio::test]
async fn some_of_the_machine_is_left_for_requests_also_if_nobody_waits_for_what_is_computed() {
    let tasks = Arc::new(Tasks::default());
    let most = std::thread::available_parallelism().expect("cores").get().div_ceil(2);
    let (busy, highest) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let compute = || {
        let (busy, highest) = (Arc::clone(&busy), Arc::clone(&highest));
        tasks.compute(move || {
            let now = busy.fetch_add(1, Ordering::SeqCst) + 1;
            highest.fetch_max(now, Ordering::SeqCst);
            (0..100).for_each(|_| std::thread::yield_now());
            busy.fetch_sub(1, Ordering::SeqCst);
        })
    };
    for _ in 0..20 {
        // Begun, and given up at once.
        let mut abandoned = Box::pin(compute());
        assert!(futures::poll!(&mut abandoned).is_pending());
    }
    futures::future::join_all((0..20).map(|_| compute())).await;
    let highest = highest.load(Ordering::SeqCst);
    assert!((1..=most).contains(&highest), "{highest} at once");
}
