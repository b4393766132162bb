//! The states of a temporary guardianship, in reading order.

use crate::{procedure::State, terms::label::Label};

/// The states of a temporary guardianship.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GuardianshipState {
    /// Civil affairs was asked to take over.
    Requested,
    /// Civil affairs decided to; the child is with whoever had it.
    Approved,
    /// The child is with a carer of civil affairs' choice.
    Placed,
    /// The child is in hospital.
    Hospitalised,
    /// The child is missing.
    Absconded,
    /// It is looked at whether the child can go home.
    AssessingReturn,
    /// A conference decides whether the child goes home.
    InConference,
    /// The guardian was told to collect the child.
    ReturnNotified,
    /// The child is at home and is visited.
    FollowUp,
    /// The county of the child's registration is asked to take the child.
    Transferring,
    /// Civil affairs did not take over.
    Refused,
    /// A relative or friend cares for the child.
    EndedToRelative,
    /// The guardian cares for the child again.
    EndedReturned,
    /// Another county took the child over.
    EndedTransferred,
    /// Civil affairs is guardian for good.
    EndedLongTerm,
    /// Somebody else is guardian.
    EndedGuardianAppointed,
    /// The child is of age.
    EndedAdult,
    /// The child is dead.
    EndedDeceased,
}

impl GuardianshipState {
    const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Requested => ("requested", "提请", "requested"),
            Self::Approved => ("approved", "已决定", "taken over, not yet placed"),
            Self::Placed => ("placed", "已安置照料", "placed with a carer"),
            Self::Hospitalised => ("hospitalised", "住院", "in hospital"),
            Self::Absconded => ("absconded", "走失", "missing"),
            Self::AssessingReturn => ("assessing_return", "送回评估", "return being assessed"),
            Self::InConference => ("in_conference", "会商", "in conference"),
            Self::ReturnNotified => ("return_notified", "已通知领回", "guardian told to collect"),
            Self::FollowUp => ("follow_up", "领回后随访", "visited after the return"),
            Self::Transferring => {
                ("transferring", "移送户籍地中", "being handed to the county of registration")
            }
            Self::Refused => ("refused", "不予临时监护", "refused"),
            Self::EndedToRelative => {
                ("ended_to_relative", "交亲友终止", "ended: with a relative or friend")
            }
            Self::EndedReturned => {
                ("ended_returned", "监护恢复终止", "ended: with the guardian again")
            }
            Self::EndedTransferred => {
                ("ended_transferred", "已移送终止", "ended: taken over by another county")
            }
            Self::EndedLongTerm => {
                ("ended_long_term", "转长期监护", "ended: long-term guardianship")
            }
            Self::EndedGuardianAppointed => {
                ("ended_guardian_appointed", "已另定监护人", "ended: another guardian")
            }
            Self::EndedAdult => ("ended_adult", "成年终止", "ended: of age"),
            Self::EndedDeceased => ("ended_deceased", "死亡终止", "ended by death"),
        }
    }
}

impl State for GuardianshipState {
    const ALL: &'static [Self] = &[
        Self::Requested,
        Self::Approved,
        Self::Placed,
        Self::Hospitalised,
        Self::Absconded,
        Self::AssessingReturn,
        Self::InConference,
        Self::ReturnNotified,
        Self::FollowUp,
        Self::Transferring,
        Self::Refused,
        Self::EndedToRelative,
        Self::EndedReturned,
        Self::EndedTransferred,
        Self::EndedLongTerm,
        Self::EndedGuardianAppointed,
        Self::EndedAdult,
        Self::EndedDeceased,
    ];

    fn name(self) -> &'static str {
        self.names().0
    }

    fn label(self) -> Label {
        let (_, zh, en) = self.names();
        Label::new(zh, en)
    }

    fn is_terminal(self) -> bool {
        match self {
            Self::Requested
            | Self::Approved
            | Self::Placed
            | Self::Hospitalised
            | Self::Absconded
            | Self::AssessingReturn
            | Self::InConference
            | Self::ReturnNotified
            | Self::FollowUp
            | Self::Transferring => false,
            Self::Refused
            | Self::EndedToRelative
            | Self::EndedReturned
            | Self::EndedTransferred
            | Self::EndedLongTerm
            | Self::EndedGuardianAppointed
            | Self::EndedAdult
            | Self::EndedDeceased => true,
        }
    }
}
