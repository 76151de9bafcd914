//! The app's own icons: strokes on a 16 px grid.

use leptos::prelude::*;

pub(crate) const CHECK: &str = "M3 8.5l3.2 3L13 4.5";
pub(crate) const CROSS: &str = "M4 4l8 8M12 4l-8 8";
pub(crate) const ALERT: &str = "M8 2.2L14.6 13.6H1.4zM8 6.6v3.2M8 11.6v.1";
pub(crate) const INFO: &str = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 7.4v3.8M8 4.9v.1";
pub(crate) const CLOCK: &str = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 4.5V8l2.4 1.6";
pub(crate) const LEFT: &str = "M10 3L5 8l5 5";
pub(crate) const RIGHT: &str = "M6 3l5 5-5 5";
pub(crate) const COPY: &str = "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3";
pub(crate) const DOWNLOAD: &str = "M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11";
pub(crate) const UPLOAD: &str = "M8 11V3M4.5 6L8 2.5 11.5 6M2.5 13.5h11";
pub(crate) const AGAIN: &str = "M13.5 8a5.5 5.5 0 1 1-1.7-4M12.2 1.4V4.2H9.4";
pub(crate) const SUN: &str = "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.4M8 13.6V15M1 8h1.4M13.6 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1";
pub(crate) const MOON: &str = "M13.2 9.8A5.8 5.8 0 0 1 6.2 2.8 5.8 5.8 0 1 0 13.2 9.8";
pub(crate) const SYSTEM: &str = "M2 3h12v8H2zM6 13.5h4M8 11v2.5";
pub(crate) const HELP: &str = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M6.2 6.2a1.8 1.8 0 1 1 2.5 1.7c-.5.3-.7.6-.7 1.2M8 11.4v.1";
pub(crate) const GEAR: &str = "M2 4.5h7M12.5 4.5H14M2 11.5h1.5M7 11.5h7M10.7 2.7a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6M5.3 9.7a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6";
pub(crate) const HOME: &str = "M2.5 7.5L8 2.5l5.5 5V13.5h-4v-4h-3v4h-4z";
pub(crate) const STOP: &str = "M4 4h8v8H4z";

/// An icon beside a word: hidden from screen readers.
pub(crate) fn icon(path: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
}

/// The mark of the program.
pub(crate) fn mark() -> impl IntoView {
    view! {
        <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
            <path
                d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4"
                fill="none"
                stroke="currentColor"
                stroke-width="2"
                stroke-linecap="round"
                stroke-linejoin="round"
            ></path>
            <rect x="6.5" y="7.5" width="7" height="5" rx="1.2" fill="currentColor"></rect>
        </svg>
    }
}
