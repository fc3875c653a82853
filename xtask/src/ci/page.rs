//! Holds the registry against the API's page, where there is a copy of it. Where there is none, that is said, and nothing is proved.

use std::path::Path;

use anyhow::Result;

use crate::import;

pub(super) fn run(root: &Path) -> Result<()> {
    let Some(page) = import::copy_of_page(root) else {
        println!("  NOT CHECKED: the registry was not held against the API's page; name a copy with COSMIC_API_PAGE");
        return Ok(());
    };
    import::hold_against(root, &page)?;
    println!("  the registry agrees with {}", page.display());
    Ok(())
}
