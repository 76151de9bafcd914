//! The command line; see `screensmith --help`.

fn main() -> std::process::ExitCode {
    screensmith::cli::main()
}
