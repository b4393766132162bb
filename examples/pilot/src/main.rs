//! The pilot: casework for child protection in a county, on the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let args = std::env::args_os().collect();
    runtime.block_on(hexacase_pilot::main(args)).into()
}
