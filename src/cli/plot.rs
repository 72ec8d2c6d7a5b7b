//! A curve in braille dots, a few lines high, for terminals.

/// Points drawn over one another: later ones as larger dots.
pub struct Plot {
    pub width: usize,
    pub height: usize,
}

impl Plot {
    /// `curve` as dots and `marks` as circles, with the range of what is shown beside them. Empty where
    /// there is nothing to see yet.
    pub fn draw(&self, curve: &[(f64, f64)], marks: &[(f64, f64)]) -> String {
        let all = || curve.iter().chain(marks).filter(|(_, y)| y.is_finite());
        if all().count() < 2 {
            return String::new();
        }
        let (left, right) = range(all().map(|p| p.0));
        // The first steps of a training would leave nothing of the rest.
        let mut sorted: Vec<f64> = all().map(|p| p.1).collect();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (sorted[0], sorted[(sorted.len() - 1) * 95 / 100]);
        let span = |from: f64, to: f64| if to > from { to - from } else { 1.0 };
        let place = |(x, y): (f64, f64), columns: usize, rows: usize| {
            let column = (x - left) / span(left, right) * (columns - 1) as f64;
            let row = (high - y.min(high)) / span(low, high) * (rows - 1) as f64;
            (column.round() as usize, row.round() as usize)
        };
        let mut cells = vec![vec![0u8; self.width]; self.height];
        for point in curve.iter().filter(|(_, y)| y.is_finite()) {
            let (x, y) = place(*point, 2 * self.width, 4 * self.height);
            cells[y / 4][x / 2] |= DOTS[y % 4][x % 2];
        }
        let mut text: Vec<Vec<char>> = cells.iter().map(|row| row.iter().map(|c| braille(*c)).collect()).collect();
        for point in marks.iter().filter(|(_, y)| y.is_finite()) {
            let (x, y) = place(*point, self.width, self.height);
            text[y][x] = '●';
        }
        let mut out = String::new();
        for (i, row) in text.iter().enumerate() {
            let label = match i {
                0 => format!("{high:.2}"),
                _ if i + 1 == self.height => format!("{low:.2}"),
                _ => String::new(),
            };
            let line: String = row.iter().collect();
            out += &format!("{label:>7} │{}\n", line.trim_end_matches(['⠀', ' ']));
        }
        out
    }
}

/// Bits of the dots of a braille cell, by row and column.
const DOTS: [[u8; 2]; 4] = [[1, 8], [2, 16], [4, 32], [64, 128]];

fn braille(dots: u8) -> char {
    char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' ')
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_falls_and_checks_lie_on_it() {
        let curve: Vec<(f64, f64)> = (1..=60).map(|i| (f64::from(i), 6.0 / f64::from(i).sqrt())).collect();
        let marks = [(20.0, 1.5), (60.0, 0.9)];
        let drawn = Plot { width: 24, height: 5 }.draw(&curve, &marks);
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines.len(), 5, "{drawn}");
        assert!(lines[0].starts_with("   2.68 │") && lines[4].starts_with("   0.77 │"), "{drawn}");
        // It comes down: the top line ends early, the last begins late.
        let dots = |line: &str| line.split('│').nth(1).map(|d| d.trim_start_matches('⠀').chars().count());
        assert!(dots(lines[0]) < Some(6) && dots(lines[4]) < Some(20) && dots(lines[4]) > Some(6), "{drawn}");
        assert_eq!(drawn.matches('●').count(), 2, "{drawn}");
        assert!(lines[4].ends_with('●'), "{drawn}");
        assert_eq!(Plot { width: 24, height: 5 }.draw(&curve[..1], &[]), "");
        let flat = Plot { width: 8, height: 2 }.draw(&[(1.0, 2.0), (2.0, 2.0), (3.0, f64::NAN)], &[]);
        assert_eq!(flat.lines().count(), 2, "{flat}");
    }
}
