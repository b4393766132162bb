//! The files of the sample county, compiled in. A test keeps them what the generator makes.

use super::CountyFiles;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_bytes!(concat!("../../county/", $name)).as_slice())),*]
    };
}

/// The files.
pub(super) fn files() -> CountyFiles {
    let files = files![
        "absences.csv",
        "areas.csv",
        "children.csv",
        "county.csv",
        "files/case-statement.txt",
        "files/custody-transfer.txt",
        "files/entrusted-care.txt",
        "files/evidence-list.txt",
        "files/filing-decision.txt",
        "files/non-filing-notice.txt",
        "files/report-receipt.txt",
        "files/rights-notice.txt",
        "files/sign-in.txt",
        "files/transfer-letter.txt",
        "happenings.csv",
        "staff.csv",
        "units.csv",
    ];
    CountyFiles(files.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).into())
}
