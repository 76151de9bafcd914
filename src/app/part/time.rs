//! A moment, in the time of whoever looks.

use js_sys::Date;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::base::time::Timestamp;

/// Local date and time; the moment in UTC is told on hovering and to programs.
pub(crate) fn time(at: Timestamp) -> impl IntoView {
    let utc = at.to_string();
    let d = Date::new(&JsValue::from_f64(at.millis() as f64));
    let text = format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        d.get_full_year(),
        d.get_month() + 1,
        d.get_date(),
        d.get_hours(),
        d.get_minutes(),
        d.get_seconds(),
    );
    view! { <time datetime=utc.clone() title=utc>{text}</time> }
}
