//! Finding the pictures of a benchmark file among the files that the user chose.

/// Place in `paths` of the picture that a benchmark calls `wanted`: by its whole path, else by the
/// end of one, else by its name alone when only one file has it.
pub fn find_picture(paths: &[String], wanted: &str) -> Option<usize> {
    let wanted = wanted.trim_start_matches("./");
    if let Some(i) = paths.iter().position(|p| p == wanted) {
        return Some(i);
    }
    let only = |end: &str| {
        let fits = |p: &String| p == end || p.ends_with(&format!("/{end}"));
        let mut found = paths.iter().enumerate().filter(|(_, p)| fits(p));
        let first = found.next()?.0;
        found.next().is_none().then_some(first)
    };
    only(wanted).or_else(|| only(wanted.rsplit('/').next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_found_by_path_end_or_name_and_never_guessed() {
        let paths: Vec<String> = ["bench/web/a.png", "bench/ios/a.png", "b.png", "c.png"]
            .map(str::to_owned)
            .to_vec();
        for (wanted, place) in [
            ("b.png", Some(2)),
            ("./b.png", Some(2)),
            ("bench/ios/a.png", Some(1)),
            ("ios/a.png", Some(1)),
            ("elsewhere/c.png", Some(3)),
            ("a.png", None),
            ("elsewhere/a.png", None),
            ("d.png", None),
            ("", None),
        ] {
            assert_eq!(find_picture(&paths, wanted), place, "{wanted}");
        }
    }
}
