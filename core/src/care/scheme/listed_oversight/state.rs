//! The states of an oversight, in reading order.

use crate::{procedure::State, terms::label::Label};

/// The states of an oversight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OversightState {
    /// 建议督办.
    Proposed,
    /// 已督办.
    Issued,
    /// 已函询.
    InquirySent,
    /// 已回复.
    Replied,
    /// 解除.
    Released,
    /// 不予督办.
    Declined,
}

impl State for OversightState {
    const ALL: &'static [Self] = &[
        Self::Proposed,
        Self::Issued,
        Self::InquirySent,
        Self::Replied,
        Self::Released,
        Self::Declined,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Issued => "issued",
            Self::InquirySent => "inquiry_sent",
            Self::Replied => "replied",
            Self::Released => "released",
            Self::Declined => "declined",
        }
    }

    fn label(self) -> Label {
        match self {
            Self::Proposed => Label::new("建议督办", "oversight proposed"),
            Self::Issued => Label::new("已督办", "under oversight"),
            Self::InquirySent => Label::new("已函询", "inquiry sent"),
            Self::Replied => Label::new("已回复", "replied"),
            Self::Released => Label::new("解除", "released"),
            Self::Declined => Label::new("不予督办", "declined"),
        }
    }

    fn is_terminal(self) -> bool {
        matches!(self, Self::Released | Self::Declined)
    }
}
