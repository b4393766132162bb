//! Documents for evidence: each says what it stands for and that it is an example.

/// Name, title and number of each document.
pub(super) const DOCUMENTS: [(&str, &str, &str); 10] = [
    ("case-statement", "案件侦办查处情况说明", "示公函〔2026〕第1号"),
    ("custody-transfer", "儿童交接单", "示交〔2026〕第1号"),
    ("entrusted-care", "委托照护协议书", "示委〔2026〕第1号"),
    ("evidence-list", "证据保全清单", "示证〔2026〕第1号"),
    ("filing-decision", "立案决定书", "示公立字〔2026〕第1号"),
    ("non-filing-notice", "不予立案通知书", "示公不立字〔2026〕第1号"),
    ("report-receipt", "受案回执", "示公受字〔2026〕第1号"),
    ("rights-notice", "申请权利告知书", "示告〔2026〕第1号"),
    ("sign-in", "会议签到表", "示会〔2026〕第1号"),
    ("transfer-letter", "移交函", "示移〔2026〕第1号"),
];

/// The files and their bytes.
pub(super) fn all() -> impl Iterator<Item = (String, Vec<u8>)> {
    DOCUMENTS.iter().map(|(name, title, number)| {
        let text = format!(
            "{title}\n{number}\n\n本文书为示例县演示之用，所载单位、人员、事项均属虚构，不具任何效力。\n\
             A document of the sample county; everything in it is invented.\n"
        );
        (format!("files/{name}.txt"), text.into_bytes())
    })
}
