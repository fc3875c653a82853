//! What `import` is told on the command line.

use std::path::PathBuf;

pub(crate) struct Options {
    pub(crate) page: PathBuf,
    pub(crate) apply: bool,
    pub(crate) json: bool,
    /// The day on which the page was read, for what is written; today unless it is said.
    pub(crate) date: Option<String>,
    /// Keys of figures that are written however far they are from what was known.
    pub(crate) accepted: Vec<String>,
}

impl Options {
    /// # Errors
    ///
    /// What is wrong, for the one who wrote it.
    pub(crate) fn parse(words: &[&str]) -> Result<Self, String> {
        let (mut page, mut apply, mut json, mut date, mut accepted) = (None, false, false, None, Vec::new());
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--apply" => apply = true,
                "--json" => json = true,
                "--date" => match words.next().filter(|day| day.parse::<jiff::civil::Date>().is_ok()) {
                    Some(day) => date = Some((*day).to_owned()),
                    None => return Err("`--date` takes a day, YYYY-MM-DD".to_owned()),
                },
                "--accept" => match words.next().filter(|key| key.contains('/')) {
                    Some(key) => accepted.push((*key).to_owned()),
                    None => return Err("`--accept` takes a key as the report has it".to_owned()),
                },
                option if option.starts_with('-') => return Err(format!("`import` knows no option `{option}`")),
                path if page.is_none() => page = Some(PathBuf::from(path)),
                path => return Err(format!("`import` reads one page, and `{path}` is a second")),
            }
        }
        let page = page.ok_or("`import` needs the page that it reads")?;
        if !accepted.is_empty() && !apply {
            return Err("`--accept` says what `--apply` may write".to_owned());
        }
        Ok(Self { page, apply, json, date, accepted })
    }
}
