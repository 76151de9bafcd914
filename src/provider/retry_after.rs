//! How long an answer asks to wait.

use std::time::UNIX_EPOCH;

use crate::base::ports::HttpResponse;
use crate::base::time::Timestamp;

/// Longest wait that is obeyed, in milliseconds.
const LONGEST_MS: f64 = 3_600_000.0;

/// The wait that an answer asks for, in milliseconds: `retry-after-ms`, or `retry-after` in
/// seconds or as a date. A date is compared with the answer's own `date`, so that a wrong clock
/// on this side does not matter, else with `now`. `None` without a wait or beyond an hour.
pub(crate) fn retry_after_ms(answer: &HttpResponse, now: Timestamp) -> Option<u64> {
    let header = |name: &str| {
        let found = answer.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.trim())
    };
    let number = |name| header(name).and_then(|t| t.parse::<f64>().ok());
    let until = |text| {
        let now = header("date").and_then(http_date).unwrap_or(now);
        Some(http_date(text)?.since(now).max(0) as f64)
    };
    let ms = number("retry-after-ms")
        .or_else(|| number("retry-after").map(|s| s * 1000.0))
        .or_else(|| header("retry-after").and_then(until))?;
    (0.0..=LONGEST_MS).contains(&ms).then_some(ms as u64)
}

/// A date of HTTP in any of its three forms.
fn http_date(text: &str) -> Option<Timestamp> {
    let time = httpdate::parse_http_date(text).ok()?;
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::from_millis(
        i64::try_from(since.as_millis()).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_milliseconds_and_dates_are_read() {
        let now = Timestamp::parse("1994-11-06T08:49:30Z").unwrap();
        let wait = |headers: &[(&str, &str)]| {
            let answer = HttpResponse {
                status: 429,
                headers: headers
                    .iter()
                    .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                    .collect(),
                body: Vec::new(),
            };
            retry_after_ms(&answer, now)
        };
        for (told, ms) in [
            ("7", Some(7000)),
            (" 1.5 ", Some(1500)),
            ("0", Some(0)),
            // The three forms of RFC 9110, 5.6.7, with its own examples.
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(7000)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(7000)),
            ("Sun Nov  6 08:49:37 1994", Some(7000)),
            // In the past: at once.
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("3601", None),
            ("Mon, 07 Nov 1994 08:49:37 GMT", None),
            ("-1", None),
            ("NaN", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(wait(&[("retry-after", told)]), ms, "{told:?}");
        }
        assert_eq!(wait(&[]), None);
        let both = [("retry-after", "7"), ("retry-after-ms", "2500")];
        assert_eq!(wait(&both), Some(2500));
        // The server's clock is an hour ahead of this one.
        let ahead = [
            ("retry-after", "Sun, 06 Nov 1994 09:49:40 GMT"),
            ("date", "Sun, 06 Nov 1994 09:49:30 GMT"),
        ];
        assert_eq!(wait(&ahead), Some(10_000));
    }
}
