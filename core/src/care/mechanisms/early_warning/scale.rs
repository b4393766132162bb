//! The four-colour instrument 四色分级: three axes, points, and items that make a case red whatever
//! its points.
//!
//! It follows the practice of other counties and binds nobody; the county decides. The program it
//! was read from graded 59 as blue and 79 as nothing. Here the thresholds are one total function:
//! every number of points has exactly one color, and the whole is as bad as the worst axis.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::care::codes::{Colour, ForcedRedItem};

/// An instrument with its version. A case keeps the name it was graded by; a changed threshold is
/// a new version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Instrument {
    /// Red below 40 points or by any forced item, yellow below 60, blue below 80, else green.
    #[serde(rename = "four_colour/1")]
    FourColour1,
}

/// What the instrument looks at.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// 监护.
    Guardianship,
    /// 生理.
    Physiology,
    /// 行为.
    Behaviour,
}

impl Axis {
    /// Every axis, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Guardianship, Self::Physiology, Self::Behaviour];

    /// The name used in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guardianship => "guardianship",
            Self::Physiology => "physiology",
            Self::Behaviour => "behaviour",
        }
    }

    /// The axis whose block of the form holds a forced item.
    pub const fn of_item(item: ForcedRedItem) -> Self {
        match item {
            ForcedRedItem::NotPerforming3Months
            | ForcedRedItem::CarerWithoutCapacity
            | ForcedRedItem::CarerLimitedCapacity
            | ForcedRedItem::GuardianHarming
            | ForcedRedItem::FailureToOffendingOrVictim
            | ForcedRedItem::Vagrant
            | ForcedRedItem::NoHukou
            | ForcedRedItem::NoGuardian => Self::Guardianship,
            ForcedRedItem::UntreatedOrWithheld | ForcedRedItem::SevereMalnutrition => {
                Self::Physiology
            }
            ForcedRedItem::SeriousMisconduct | ForcedRedItem::Suicide | ForcedRedItem::SelfHarm => {
                Self::Behaviour
            }
        }
    }
}

/// Points of one axis, 0 to 100; more is safer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Points(u8);

impl Points {
    /// So many points; nothing past 100.
    pub const fn new(points: u8) -> Option<Self> {
        if points <= 100 { Some(Self(points)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let points = i64::deserialize(deserializer)?;
        u8::try_from(points)
            .ok()
            .and_then(Self::new)
            .ok_or_else(|| D::Error::custom(format!("expected 0 to 100 points, found `{points}`")))
    }
}

impl JsonSchema for Points {
    fn schema_name() -> Cow<'static, str> {
        "Points".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": 100 })
    }
}

/// The points a form gives to each axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// 监护: who cares, how well, how reachable.
    pub guardianship: Points,
    /// 生理: health, nutrition, treatment.
    pub physiology: Points,
    /// 行为: conduct, mood, school.
    pub behaviour: Points,
}

impl Answers {
    /// The points of one axis.
    pub const fn of(&self, axis: Axis) -> Points {
        match axis {
            Axis::Guardianship => self.guardianship,
            Axis::Physiology => self.physiology,
            Axis::Behaviour => self.behaviour,
        }
    }
}

/// What an instrument found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grade {
    /// The color of the worst axis.
    pub colour: Colour,
    /// The worst axis: by color, then by points, then in the order of the form.
    pub worst_axis: Axis,
    /// Whether a forced item made it red.
    pub forced: bool,
}

impl Instrument {
    /// The color of so many points.
    pub const fn colour(self, points: Points) -> Colour {
        match self {
            Self::FourColour1 => match points.0 {
                0..=39 => Colour::Red,
                40..=59 => Colour::Yellow,
                60..=79 => Colour::Blue,
                80..=u8::MAX => Colour::Green,
            },
        }
    }

    /// Grades a form: any forced item makes its axis red, and the worst axis counts.
    pub fn grade(self, answers: &Answers, forced: &[ForcedRedItem]) -> Grade {
        let axis = |axis: Axis| {
            let ticked = forced.iter().any(|item| Axis::of_item(*item) == axis);
            let points = answers.of(axis);
            // Colors are ordered from red to green, so the least is the worst.
            let colour = if ticked { Colour::Red } else { self.colour(points) };
            (colour, points, axis)
        };
        let [first, second, third] = Axis::ALL.map(axis);
        let (colour, _, worst_axis) = first.min(second).min(third);
        Grade { colour, worst_axis, forced: !forced.is_empty() }
    }
}

/// Whether `colour` says less danger than `than`.
pub fn is_milder(colour: Colour, than: Colour) -> bool {
    colour > than
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SCALE: Instrument = Instrument::FourColour1;

    fn points(number: u8) -> Points {
        Points::new(number).unwrap()
    }

    fn answers(guardianship: u8, physiology: u8, behaviour: u8) -> Answers {
        Answers {
            guardianship: points(guardianship),
            physiology: points(physiology),
            behaviour: points(behaviour),
        }
    }

    /// The thresholds once more, written the other way round.
    fn expected(number: u8) -> Colour {
        [(80, Colour::Green), (60, Colour::Blue), (40, Colour::Yellow)]
            .into_iter()
            .find_map(|(from, colour)| (number >= from).then_some(colour))
            .unwrap_or(Colour::Red)
    }

    #[test]
    fn every_number_of_points_has_the_color_of_the_thresholds() {
        for number in 0..=100 {
            assert_eq!(SCALE.colour(points(number)), expected(number), "{number}");
        }
        let edges = [39, 40, 59, 60, 79, 80].map(|number| SCALE.colour(points(number)).name());
        assert_eq!(edges, ["red", "yellow", "yellow", "blue", "blue", "green"]);
    }

    #[test]
    fn the_whole_is_as_bad_as_the_worst_axis_for_all_points() {
        for guardianship in 0..=100 {
            for physiology in 0..=100 {
                for behaviour in 0..=100 {
                    let form = answers(guardianship, physiology, behaviour);
                    let grade = SCALE.grade(&form, &[]);
                    let least = guardianship.min(physiology).min(behaviour);
                    assert_eq!(grade.colour, expected(least));
                    assert_eq!(form.of(grade.worst_axis).get(), least);
                    assert!(!grade.forced);
                }
            }
        }
    }

    #[test]
    fn any_forced_item_makes_red_whatever_the_points() {
        let items = ForcedRedItem::ALL;
        // One bit for each item, so every set of ticks.
        for ticks in 1_u32..1 << items.len() {
            let ticked: Vec<_> = items
                .iter()
                .enumerate()
                .filter(|(at, _)| ticks & (1 << at) != 0)
                .map(|(_, item)| *item)
                .collect();
            let grade = SCALE.grade(&answers(100, 100, 100), &ticked);
            assert_eq!((grade.colour, grade.forced), (Colour::Red, true));
            assert!(ticked.iter().any(|item| Axis::of_item(*item) == grade.worst_axis));
        }
    }

    #[test]
    fn the_first_axis_of_the_form_is_named_when_two_are_equally_bad() {
        let grade = |form: Answers, forced: &[_]| SCALE.grade(&form, forced).worst_axis;
        assert_eq!(grade(answers(50, 50, 90), &[]), Axis::Guardianship);
        assert_eq!(grade(answers(90, 50, 50), &[]), Axis::Physiology);
        // A forced item on an axis with good points is worse than yellow points elsewhere.
        assert_eq!(grade(answers(45, 90, 90), &[ForcedRedItem::Suicide]), Axis::Behaviour);
    }

    #[test]
    fn points_past_the_end_and_unknown_versions_are_refused() {
        for number in [-1_i64, 101, 356] {
            let form = json!({ "guardianship": number, "physiology": 80, "behaviour": 80 });
            let refused = serde_json::from_value::<Answers>(form).unwrap_err().to_string();
            assert_eq!(refused, format!("expected 0 to 100 points, found `{number}`"));
        }
        let refused = serde_json::from_value::<Instrument>(json!("four_colour/2")).unwrap_err();
        assert!(refused.to_string().contains("expected `four_colour/1`"), "{refused}");
    }
}
