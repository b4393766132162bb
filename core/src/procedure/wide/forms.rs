//! The forms of the engine-wide steps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::terms::{
    evidence::Attachment,
    id::{ActorId, CaseId, SubjectId, UnitId},
    text::Text,
    time::{CivilDate, Timestamp},
};

macro_rules! forms {
    ($($(#[$doc:meta])* $form:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $form {
            $(
                $(#[$field_doc])*
                #[serde(skip_serializing_if = "skip")]
                pub $field: $kind,
            )*
        }
    )*};
}

/// Absent fields are left out, not written as null.
fn skip<T: Serialize>(value: &T) -> bool {
    serde_json::to_value(value).is_ok_and(|value| value.is_null())
}

forms! {
    /// 更正: an entry's field was wrong. Nothing is erased; the new entry points at the old one,
    /// and data and deadlines are reckoned anew.
    Amend {
        /// The number of the entry.
        entry: i64,
        /// The field of its form, or `occurred_at`.
        field: Text,
        /// What it should have said.
        new_value: Value,
        /// Why.
        reason: Text,
    }
    /// 作废: the case should not have been opened.
    Annul {
        /// Why.
        reason: AnnulReason,
        /// In words.
        text: Text,
    }
    /// 更换对象: the case is about another child.
    RebindSubject {
        /// The right child.
        child: SubjectId,
        /// Why.
        reason: Text,
    }
    /// 确认身份: it is known now who the child is.
    IdentifySubject {
        /// The child.
        child: SubjectId,
        /// How it became known.
        how_known: Text,
        /// The proof.
        document: Option<Text>,
    }
    /// 并案: the facts are those of another case's incident.
    JoinIncident {
        /// A case of that incident.
        case: CaseId,
        /// Why.
        reason: Text,
    }
    /// 拆分: the facts are not those of the incident.
    SplitIncident {
        /// Why.
        reason: Text,
    }
    /// 合并重复: two cases of one procedure about one child and the same facts.
    MergeCase {
        /// The case that goes on.
        survivor: CaseId,
        /// Why.
        reason: Text,
    }
    /// 重启: new facts, or it was closed wrongly.
    Reopen {
        /// Why.
        cause: Text,
        /// The new facts.
        facts: Text,
        /// The state to go back to.
        state: Text,
    }
    /// 催问记录: somebody asked an outside organ how the matter stands.
    FollowUp {
        /// The organ.
        organ: Text,
        /// The person asked.
        person_asked: Text,
        /// When.
        time: Timestamp,
        /// The answer.
        answer: Text,
        /// When to ask again, if not at the usual time.
        next_date: Option<CivilDate>,
    }
    /// 延期: more time for a running deadline.
    ExtendDeadline {
        /// The duty.
        duty: Text,
        /// The last day, or
        until: Option<CivilDate>,
        /// a later limit of the duty.
        limit: Option<Text>,
        /// Why.
        reason: Text,
        /// By what right.
        basis: Text,
    }
    /// 中止计时: the clock stands still until a day.
    SuspendDeadline {
        /// The duty.
        duty: Text,
        /// The last day on which it stands still.
        until: CivilDate,
        /// Why.
        reason: Text,
        /// By what right.
        basis: Text,
    }
    /// 变更承办: another unit or person is accountable.
    ReassignHolder {
        /// The duty; without one all open duties of the case.
        duty: Option<Text>,
        /// The unit.
        unit: Option<UnitId>,
        /// The person.
        person: Option<ActorId>,
        /// Why.
        reason: Text,
        /// `recusal` 回避 keeps the old holder away from the case.
        cause: Option<ReassignCause>,
    }
    /// 工作移交: a person leaves or is absent; the duties held in person go to another.
    CaseloadTransfer {
        /// Who hands over.
        from: ActorId,
        /// Who takes over.
        to: ActorId,
        /// From which day.
        from_date: CivilDate,
        /// Whether the list was looked through by both.
        list_confirmed: bool,
    }
    /// 说明免办: a duty beside the states cannot or need not be done any more.
    ExcuseDuty {
        /// The duty.
        duty: Text,
        /// Why.
        reason: Text,
    }
    /// 备注: something worth knowing that no form asks for. It decides and fulfils nothing.
    AddNote {
        /// The note.
        text: Text,
    }
    /// 附件: a file for the case.
    Attach {
        /// The file.
        file: Attachment,
        /// What it is.
        note: Option<Text>,
    }
    /// 复核确认: a second person agrees, and the step is carried out.
    ConfirmStep {
        /// The number of the entry that proposed it.
        entry: i64,
        /// What was looked at.
        note: Option<Text>,
    }
    /// 复核不同意: a second person does not agree.
    DeclineStep {
        /// The number of the entry that proposed it.
        entry: i64,
        /// Why.
        reason: Text,
    }
}

/// Why a case is annulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnnulReason {
    /// 重复.
    Duplicate,
    /// 程序选错.
    WrongProcedure,
    /// 误开.
    OpenedByMistake,
    /// 测试.
    TestEntry,
}

/// Why a holder changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReassignCause {
    /// 回避: the holder must keep away from the case.
    Recusal,
    /// 分工: another unit does it.
    Division,
    /// 缺口: nobody held it.
    Gap,
}
