//! SVG: the same drawing as the PNG, as text.

use std::fmt::Write as _;

use super::look::{Look, Outline};

/// Renders an SVG of this size, with `title` for people who cannot see it. No scripts, no outside references.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "how small a look is does not concern its callers")]
pub(crate) fn render(width: u32, height: u32, look: &Look, title: &str) -> String {
    let palette = look.palette();
    let title = escape(title);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n"
    );
    for shape in look.scene(width, height).shapes() {
        let [red, green, blue] = palette.get(usize::from(shape.ink.index())).copied().unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = match shape.outline {
            Outline::Disc { centre, radius } => {
                write!(svg, "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\"", centre.x, centre.y)
            }
            Outline::Quad([a, b, c, d]) => {
                let corners = [a, b, c, d].map(|corner| format!("{},{}", corner.x, corner.y)).join(" ");
                write!(svg, "<polygon points=\"{corners}\"")
            }
        };
        let _ = writeln!(svg, " fill=\"#{red:02x}{green:02x}{blue:02x}\"/>");
    }
    svg.push_str("</svg>\n");
    svg
}

/// Makes any text safe between XML tags: markup is escaped, and characters that XML 1.0 forbids are dropped.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\t' | '\n' | '\r' => safe.push(character),
            '\u{fffe}' | '\u{ffff}' => {}
            _ if character < ' ' => {}
            _ => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{Look, render};

    /// Checks that tags nest, attributes are quoted and text is escaped; enough of XML for what is written here.
    fn assert_well_formed(svg: &str) {
        let mut open = Vec::new();
        for (index, piece) in svg.split('<').enumerate() {
            if index == 0 {
                assert_eq!(piece, "");
                continue;
            }
            let (tag, text) = piece.split_once('>').unwrap();
            assert!(!text.contains(['>', '"']), "{text}");
            for entity in text.split('&').skip(1) {
                assert!(["amp;", "lt;", "gt;", "quot;", "apos;"].iter().any(|name| entity.starts_with(name)));
            }
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name));
            } else if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap());
            }
        }
        assert!(open.is_empty());
    }

    #[test]
    fn drawings_are_well_formed_whatever_the_title() {
        for (seed, title) in (0..20)
            .zip(["A fox", "<script>alert('x')</script>", "a & b ]]> \"c\"", "\u{0}\u{8}\u{ffff}"].iter().cycle())
        {
            let svg = render(640, 360, &Look::from_seed(seed), title);
            assert_well_formed(&svg);
            assert!(!svg.contains("<script"));
            assert!(svg.chars().all(|character| character >= ' ' || character == '\n'));
            assert!(svg.matches("fill=").count() > 8);
        }
    }

    #[test]
    fn size_and_title_are_stated() {
        let svg = render(640, 360, &Look::from_seed(3), "Tea & cake");
        assert!(svg.contains("width=\"640\" height=\"360\""));
        assert!(svg.contains("<title>Tea &amp; cake</title>"));
        assert_ne!(svg, render(640, 360, &Look::from_seed(4), "Tea & cake"));
    }
}
