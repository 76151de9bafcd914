//! SVG path data → absolute segments.

/// One absolute segment, in the units of the icon's square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Segment {
    /// Starts a sub-path.
    Move(f32, f32),
    /// Straight line.
    Line(f32, f32),
    /// Quadratic curve: control point, end.
    Quad(f32, f32, f32, f32),
    /// Cubic curve: two control points, end.
    Cubic(f32, f32, f32, f32, f32, f32),
    /// Line back to the start of the sub-path.
    Close,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn skip(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b',' | b'\n' | b'\t')) {
            self.at += 1;
        }
    }

    fn command(&mut self) -> Option<u8> {
        self.skip();
        let c = *self.bytes.get(self.at)?;
        c.is_ascii_alphabetic().then(|| {
            self.at += 1;
            c
        })
    }

    fn flag(&mut self) -> Option<f64> {
        self.skip();
        let v = match self.bytes.get(self.at)? {
            b'0' => 0.0,
            b'1' => 1.0,
            _ => return None,
        };
        self.at += 1;
        Some(v)
    }

    fn number(&mut self) -> Option<f64> {
        self.skip();
        let start = self.at;
        let mut dot = false;
        while let Some(b) = self.bytes.get(self.at) {
            match b {
                b'-' | b'+' if self.at == start => {}
                b'.' if !dot => dot = true,
                b'0'..=b'9' => {}
                _ => break,
            }
            self.at += 1;
        }
        std::str::from_utf8(&self.bytes[start..self.at])
            .ok()?
            .parse()
            .ok()
    }
}

/// The segments of `data`; what follows a mistake is left out.
pub(super) fn parse(data: &str) -> Vec<Segment> {
    let mut s = Scanner {
        bytes: data.as_bytes(),
        at: 0,
    };
    let mut out = Vec::new();
    // Current point, start of the sub-path, last control point of C/S and of Q/T.
    let (mut x, mut y) = (0.0f64, 0.0f64);
    let (mut sx, mut sy) = (0.0, 0.0);
    let (mut last_cubic, mut last_quad) = (None, None);
    let mut command = b' ';
    loop {
        match s.command() {
            Some(c) => command = c,
            None if s.at >= s.bytes.len() => break,
            // Further pairs after a move are lines.
            None => match command {
                b'M' => command = b'L',
                b'm' => command = b'l',
                _ => {}
            },
        }
        let (dx, dy) = if command.is_ascii_lowercase() {
            (x, y)
        } else {
            (0.0, 0.0)
        };
        let upper = command.to_ascii_uppercase();
        if upper == b'Z' {
            out.push(Segment::Close);
            (x, y) = (sx, sy);
            (last_cubic, last_quad) = (None, None);
            // Only a new command may follow.
            command = b' ';
            continue;
        }
        let Some(a) = arguments(&mut s, upper) else {
            break;
        };
        let (mut cubic, mut quad) = (None, None);
        match upper {
            b'M' => {
                (x, y) = (a[0] + dx, a[1] + dy);
                (sx, sy) = (x, y);
                out.push(Segment::Move(x as f32, y as f32));
            }
            b'L' | b'H' | b'V' => {
                match upper {
                    b'L' => (x, y) = (a[0] + dx, a[1] + dy),
                    b'H' => x = a[0] + dx,
                    _ => y = a[0] + dy,
                }
                out.push(Segment::Line(x as f32, y as f32));
            }
            b'C' | b'S' => {
                let (c1, rest) = if upper == b'C' {
                    ((a[0] + dx, a[1] + dy), 2)
                } else {
                    (mirror(last_cubic, x, y), 0)
                };
                let c2 = (a[rest] + dx, a[rest + 1] + dy);
                (x, y) = (a[rest + 2] + dx, a[rest + 3] + dy);
                cubic = Some(c2);
                out.push(cubic_to(c1, c2, (x, y)));
            }
            b'Q' | b'T' => {
                let (c, rest) = if upper == b'Q' {
                    ((a[0] + dx, a[1] + dy), 2)
                } else {
                    (mirror(last_quad, x, y), 0)
                };
                (x, y) = (a[rest] + dx, a[rest + 1] + dy);
                quad = Some(c);
                out.push(Segment::Quad(c.0 as f32, c.1 as f32, x as f32, y as f32));
            }
            _ => {
                let end = (a[5] + dx, a[6] + dy);
                arc(&mut out, (x, y), &a, end);
                (x, y) = end;
            }
        }
        (last_cubic, last_quad) = (cubic, quad);
    }
    out
}

/// The numbers of one segment of `command` (upper case); `None` at a mistake.
fn arguments(s: &mut Scanner<'_>, command: u8) -> Option<[f64; 7]> {
    let count = match command {
        b'M' | b'L' | b'T' => 2,
        b'H' | b'V' => 1,
        b'C' => 6,
        b'S' | b'Q' => 4,
        b'A' => 7,
        _ => return None,
    };
    let mut a = [0.0; 7];
    for (i, v) in a.iter_mut().take(count).enumerate() {
        *v = if command == b'A' && (i == 3 || i == 4) {
            s.flag()?
        } else {
            s.number()?
        };
    }
    Some(a)
}

fn mirror(control: Option<(f64, f64)>, x: f64, y: f64) -> (f64, f64) {
    control.map_or((x, y), |(cx, cy)| (2.0 * x - cx, 2.0 * y - cy))
}

fn cubic_to(c1: (f64, f64), c2: (f64, f64), end: (f64, f64)) -> Segment {
    Segment::Cubic(
        c1.0 as f32,
        c1.1 as f32,
        c2.0 as f32,
        c2.1 as f32,
        end.0 as f32,
        end.1 as f32,
    )
}

/// An elliptical arc as cubics of at most a quarter turn (SVG 2, appendix B.2.4).
fn arc(out: &mut Vec<Segment>, from: (f64, f64), a: &[f64; 7], to: (f64, f64)) {
    let (mut rx, mut ry) = (a[0].abs(), a[1].abs());
    if rx == 0.0 || ry == 0.0 {
        out.push(Segment::Line(to.0 as f32, to.1 as f32));
        return;
    }
    if from == to {
        return;
    }
    let phi = a[2] * std::f64::consts::PI / 180.0;
    let (sin, cos) = (libm::sin(phi), libm::cos(phi));
    let (hx, hy) = ((from.0 - to.0) / 2.0, (from.1 - to.1) / 2.0);
    let (px, py) = (cos * hx + sin * hy, cos * hy - sin * hx);
    let lambda = px * px / (rx * rx) + py * py / (ry * ry);
    if lambda > 1.0 {
        let grow = lambda.sqrt();
        rx *= grow;
        ry *= grow;
    }
    let (rx2, ry2) = (rx * rx, ry * ry);
    let below = rx2 * py * py + ry2 * px * px;
    let k = ((rx2 * ry2 - below) / below).max(0.0).sqrt();
    let k = if a[3] == a[4] { -k } else { k };
    let (ux, uy) = (k * rx * py / ry, -k * ry * px / rx);
    let center = (
        cos * ux - sin * uy + (from.0 + to.0) / 2.0,
        sin * ux + cos * uy + (from.1 + to.1) / 2.0,
    );
    let start = libm::atan2((py - uy) / ry, (px - ux) / rx);
    let stop = libm::atan2((-py - uy) / ry, (-px - ux) / rx);
    let turn = 2.0 * std::f64::consts::PI;
    let mut sweep = stop - start;
    if a[4] == 0.0 && sweep > 0.0 {
        sweep -= turn;
    } else if a[4] != 0.0 && sweep < 0.0 {
        sweep += turn;
    }
    let parts = (sweep.abs() / (turn / 4.0) - 1e-9).ceil().max(1.0);
    let step = sweep / parts;
    let reach = 4.0 / 3.0 * libm::tan(step / 4.0);
    let at = |angle: f64| {
        let (s, c) = (libm::sin(angle), libm::cos(angle));
        let point = (
            center.0 + cos * rx * c - sin * ry * s,
            center.1 + sin * rx * c + cos * ry * s,
        );
        let slope = (-cos * rx * s - sin * ry * c, cos * ry * c - sin * rx * s);
        (point, slope)
    };
    for i in 0..parts as u32 {
        let t0 = start + step * f64::from(i);
        let ((x0, y0), (dx0, dy0)) = at(t0);
        let ((x1, y1), (dx1, dy1)) = at(t0 + step);
        let end = if i + 1 == parts as u32 { to } else { (x1, y1) };
        out.push(cubic_to(
            (x0 + reach * dx0, y0 + reach * dy0),
            (x1 - reach * dx1, y1 - reach * dy1),
            end,
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::icon::{ICONS, IconStyle};

    #[test]
    fn every_icon_parses_to_its_end_and_stays_in_its_square() {
        for icon in ICONS.iter() {
            let segments = icon.segments();
            assert!(
                matches!(segments.first(), Some(Segment::Move(..))),
                "{}",
                icon.id
            );
            // Nothing was left out: the moves are those written.
            let moves = icon.path.matches(['M', 'm']).count();
            let found = segments
                .iter()
                .filter(|s| matches!(s, Segment::Move(..)))
                .count();
            assert_eq!(moves, found, "{}", icon.id);
            let room = if icon.style == IconStyle::Stroke {
                0.05
            } else {
                0.01
            } * icon.view_box;
            for s in &segments {
                let (x, y) = match *s {
                    Segment::Move(x, y)
                    | Segment::Line(x, y)
                    | Segment::Quad(_, _, x, y)
                    | Segment::Cubic(.., x, y) => (x, y),
                    Segment::Close => continue,
                };
                let range = -room..=icon.view_box + room;
                assert!(
                    range.contains(&x) && range.contains(&y),
                    "{} {x} {y}",
                    icon.id
                );
            }
        }
    }

    #[test]
    fn every_icon_is_read_to_the_last_byte() {
        for icon in ICONS.iter() {
            let marked = format!("{}M-7-7", icon.path);
            assert_eq!(
                parse(&marked).last(),
                Some(&Segment::Move(-7.0, -7.0)),
                "{}",
                icon.id
            );
        }
    }

    #[test]
    fn relative_shorthand_and_packed_numbers() {
        assert_eq!(
            parse("M1 1 2 2l1-.5.5.5h-1v2z"),
            [
                Segment::Move(1.0, 1.0),
                Segment::Line(2.0, 2.0),
                Segment::Line(3.0, 1.5),
                Segment::Line(3.5, 2.0),
                Segment::Line(2.5, 2.0),
                Segment::Line(2.5, 4.0),
                Segment::Close,
            ]
        );
    }

    #[test]
    fn arcs_follow_the_circle() {
        // Half a circle of radius 5 around (5, 5), flags packed against the number.
        let s = parse("M0 5A5 5 0 0110 5");
        assert_eq!(s.len(), 3);
        let Segment::Cubic(.., x, y) = s[1] else {
            panic!("{s:?}")
        };
        assert!((x - 5.0).abs() < 1e-4 && y.abs() < 1e-4, "{x} {y}");
        assert_eq!(parse("M0 0 1 1 x"), parse("M0 0 1 1"));
    }
}
