//! The county of the bench: 500 villages, each with a director in an office of its own, so that a
//! person's list has the length that such lists have.

use hexacase::{
    care::roles::CHILD_WELFARE_DIRECTOR,
    engine::Engine,
    store::StaffRow,
    terms::{
        actor::{Actor, Grant},
        area::AreaCode,
        id::{ActorId, UnitId},
    },
};

use crate::place::Outcome;

const TOWNS: usize = 20;
const VILLAGES: usize = 25;

/// How many villages there are.
pub(crate) const COUNT: usize = TOWNS * VILLAGES;

/// One village.
#[derive(Clone, Debug)]
pub(crate) struct Village {
    /// Its code.
    pub(crate) area: AreaCode,
    /// The director's office.
    pub(crate) unit: UnitId,
    /// The director.
    pub(crate) director: ActorId,
}

/// All villages.
pub(crate) fn all() -> Outcome<Vec<Village>> {
    (0..COUNT)
        .map(|at| {
            let (town, village) = (at / VILLAGES + 101, at % VILLAGES + 201);
            Ok(Village {
                area: format!("999999{town}{village}").parse()?,
                unit: UnitId::new(format!("village-{town}-{village}"))?,
                director: ActorId::new(format!("director-{town}-{village}"))?,
            })
        })
        .collect()
}

/// Somebody with a director's role for the first town.
pub(crate) fn of_a_town() -> Actor {
    Actor::at_work(ActorId::constant("of-town"))
}

/// Somebody with a director's role for the whole county.
pub(crate) fn of_the_county() -> Actor {
    Actor::at_work(ActorId::constant("of-county"))
}

/// Puts everybody into the directory.
pub(crate) async fn employ(engine: &Engine, villages: &[Village]) -> Outcome<()> {
    let mut posts: Vec<(ActorId, AreaCode, UnitId)> = vec![
        (of_a_town().id, "999999101".parse()?, UnitId::constant("town-101")),
        (of_the_county().id, "999999".parse()?, UnitId::constant("county")),
    ];
    posts.extend(
        villages
            .iter()
            .map(|village| (village.director.clone(), village.area.clone(), village.unit.clone())),
    );
    let mut people = Vec::new();
    for (id, area, unit) in posts {
        let roles = CHILD_WELFARE_DIRECTOR.iter().cloned();
        let grants =
            roles.map(|role| Grant { role, area: area.clone(), unit: unit.clone() }).collect();
        let (name, absences) = ("示例甲".to_owned(), Vec::new());
        people.push(StaffRow { id, name, grants, unit, leader: true, active: true, absences });
    }
    engine.change_staff(&of_the_county(), people).await?;
    Ok(())
}
