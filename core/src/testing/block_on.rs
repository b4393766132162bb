//! Running a future to its end where there is no runtime: in tests and in examples of the
//! documentation.

use std::future::Future;

use tokio::runtime::Builder;

/// Runs `future` to its end on this thread.
///
/// ```
/// assert_eq!(hexacase::testing::block_on(async { 1 + 1 }), 2);
/// ```
///
/// # Panics
/// When the thread is one of a runtime already, or the system gives no runtime.
#[expect(clippy::expect_used, reason = "a test without a runtime can only fail")]
pub fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("the system gives a runtime").block_on(future)
}
