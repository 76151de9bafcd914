//! The result file of a job: a table of steps, as text or as text in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::provider::MetricPoint;

/// The table itself, whichever way it came.
pub(super) fn decoded(bytes: &[u8]) -> Vec<u8> {
    // A table has commas, which base64 has not.
    let packed: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    match STANDARD.decode(&packed) {
        Ok(table) if !packed.is_empty() => table,
        _ => bytes.to_vec(),
    }
}

/// The points of a table, in its order. Empty cells, unknown columns and broken rows are passed
/// over.
pub(super) fn points(table: &[u8]) -> Vec<MetricPoint> {
    let text = String::from_utf8_lossy(table);
    let mut lines = text.lines();
    let columns: Vec<&str> = match lines.next() {
        Some(first) => first
            .split(',')
            .map(|c| c.trim().trim_matches('"'))
            .collect(),
        None => return Vec::new(),
    };
    lines.filter_map(|line| point(&columns, line)).collect()
}

fn point(columns: &[&str], line: &str) -> Option<MetricPoint> {
    let mut out = MetricPoint::default();
    let mut step = None;
    for (name, cell) in columns.iter().zip(line.split(',')) {
        let Some(x) = cell.trim().parse::<f64>().ok().filter(|x| x.is_finite()) else {
            continue;
        };
        match *name {
            "step" if x >= 0.0 => step = Some(x as u64),
            "train_loss" => out.train_loss = Some(x),
            // The table's word for what events call `train_mean_token_accuracy`.
            "train_accuracy" | "train_mean_token_accuracy" => {
                out.train_mean_token_accuracy = Some(x);
            }
            "valid_loss" => out.valid_loss = Some(x),
            "valid_mean_token_accuracy" => out.valid_mean_token_accuracy = Some(x),
            "full_valid_loss" => out.full_valid_loss = Some(x),
            "full_valid_mean_token_accuracy" => out.full_valid_mean_token_accuracy = Some(x),
            _ => {}
        }
    }
    out.step = step?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy,new\n\
                         1,1.52347,0.0,,,7\nbroken\n2,0.57719,0.5,0.6,0.9,\n";

    #[test]
    fn a_table_is_read_plain_and_in_base64() {
        let packed = STANDARD.encode(TABLE);
        for bytes in [
            TABLE.as_bytes(),
            packed.as_bytes(),
            format!("{packed}\n").as_bytes(),
        ] {
            let table = decoded(bytes);
            assert_eq!(table, TABLE.as_bytes());
            let points = points(&table);
            assert_eq!(points.len(), 2);
            assert_eq!(points[0].train_loss, Some(1.52347));
            assert_eq!(points[0].valid_loss, None);
            assert_eq!(points[1].step, 2);
            assert_eq!(points[1].train_mean_token_accuracy, Some(0.5));
            assert_eq!(points[1].valid_mean_token_accuracy, Some(0.9));
        }
        assert!(points(b"").is_empty());
        assert!(points(&[0xff, 0xfe, 0x00]).is_empty());
    }
}
