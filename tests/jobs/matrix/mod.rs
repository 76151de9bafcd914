//! Every adapter through every fault. [`subjects`] describes the adapters, the other files hold
//! one function for each fault, and [`cells`] makes a test of every pair, natively and in the
//! browser.
//!
//! What can never succeed ends the job with a code and advice; what passes is waited for without
//! anybody's help; whatever happens, the vendor has one job. What cannot arise at one of them is a
//! field of its description, with the reason.

mod doubles;
mod keys;
mod passing;
mod refusals;
mod run;
mod subjects;
mod tabs;
mod words;

macro_rules! cells {
    ($($subject:ident: $table:path;)*) => {$(
        mod $subject {
            cell! { $table;
                words::success
                words::unknown_words
                words::slow_job
                refusals::invalid_file
                refusals::unauthorized
                refusals::forbidden
                refusals::not_found
                refusals::too_large
                refusals::deleted_file
                passing::conflict
                passing::rate_limit
                passing::failures_of_the_service
                passing::broken_connections
                passing::skewed_clocks
                passing::offline_for_an_hour
                passing::cors_refused
                doubles::lost_answers
                doubles::sent_twice
                doubles::kills
                doubles::two_tabs
                doubles::cancel_races
                keys::expired_token
                keys::left_nowhere
            }
        }
    )*};
}

macro_rules! cell {
    ($table:path; $($file:ident::$fault:ident)*) => {$(
        #[crate::harness::dual_test]
        async fn $fault() {
            super::$file::$fault(&$table).await;
        }
    )*};
}

cells! {
    openai: super::subjects::OPENAI;
    azure: super::subjects::AZURE;
    vertex: super::subjects::VERTEX;
    together: super::subjects::TOGETHER;
    fireworks: super::subjects::FIREWORKS;
    custom: super::subjects::CUSTOM;
}
