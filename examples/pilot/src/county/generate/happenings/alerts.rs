//! Clues about children: `risk_alert`, `register_clue`.

use hexacase::terms::time::Timestamp;
use serde_json::json;

use super::{Desk, Draft, Pool, Year, at_once, before, clock, written};
use crate::county::{ChildRef, codes::Channel, generate::random::Random};

/// More when the parents leave after the festival, in the summer holidays and at the start of
/// school.
const MONTHS: [usize; 12] = [6, 9, 11, 8, 8, 8, 12, 12, 10, 7, 6, 4];

/// How a clue comes: source, who says it, how, who writes it down, what is said, whether at once.
type Clue = (&'static str, &'static str, Channel, Desk, &'static str, bool);

const CLUES: [Clue; 18] = [
    ("school", "school", Channel::Paper, Desk::School, "连续三天未到校，家里电话无人接听", false),
    ("school", "school", Channel::InPerson, Desk::School, "手臂有多道新旧划痕，说不想回家", true),
    (
        "school",
        "school",
        Channel::InPerson,
        Desk::School,
        "天冷衣着单薄，多日未洗澡，常饿着肚子来上课",
        false,
    ),
    (
        "school",
        "school",
        Channel::Online,
        Desk::School,
        "成绩骤降，上课昏睡，同学说他夜里一个人在家打游戏",
        false,
    ),
    (
        "grid_worker",
        "grid_worker",
        Channel::Visit,
        Desk::Grid,
        "入户登记时发现孩子独自在家过夜",
        false,
    ),
    (
        "grid_worker",
        "grid_worker",
        Channel::Visit,
        Desk::Grid,
        "祖父母外出务农，孩子常在水库边玩耍",
        false,
    ),
    (
        "director",
        "child_welfare_director",
        Channel::Visit,
        Desk::Director,
        "祖母卧病，孩子自己做饭并照看弟妹",
        false,
    ),
    (
        "director",
        "child_welfare_director",
        Channel::Visit,
        Desk::Director,
        "照护人换成远房亲戚，孩子不愿多说",
        false,
    ),
    (
        "director",
        "child_welfare_director",
        Channel::Telephone,
        Desk::Director,
        "父母三个月没有音讯，生活费中断",
        false,
    ),
    (
        "hotline",
        "hotline_operator",
        Channel::Hotline,
        Desk::Hotline,
        "来电称邻家孩子常被打骂，夜里哭喊",
        true,
    ),
    (
        "hotline",
        "hotline_operator",
        Channel::Hotline,
        Desk::Hotline,
        "来电称孩子无人接送，放学后在街上逗留到深夜",
        false,
    ),
    (
        "neighbour",
        "any_reporter",
        Channel::Telephone,
        Desk::Director,
        "邻居说大人酗酒，孩子几次跑到他家过夜",
        true,
    ),
    (
        "neighbour",
        "any_reporter",
        Channel::InPerson,
        Desk::Director,
        "邻居说孩子近来总是一个人，见人就躲",
        false,
    ),
    (
        "medical",
        "medical_institution",
        Channel::Telephone,
        Desk::Health,
        "就诊时体重明显偏低，监护人未按时带来复查",
        false,
    ),
    (
        "medical",
        "medical_institution",
        Channel::Telephone,
        Desk::Health,
        "就诊时身上有旧伤，陪同大人说法前后不一",
        true,
    ),
    (
        "police",
        "any_reporter",
        Channel::Telephone,
        Desk::Supervisor,
        "民警夜间送回在网吧逗留的孩子",
        false,
    ),
    (
        "child",
        "any_reporter",
        Channel::InPerson,
        Desk::Director,
        "孩子自己说很久没有和爸爸妈妈通话，晚上害怕",
        false,
    ),
    (
        "other",
        "any_reporter",
        Channel::Online,
        Desk::Station,
        "超市店主说孩子几次拿走食物，家里似乎没人管饭",
        false,
    ),
];

/// Children whom nobody could name at first, and where they were seen.
const STRANGERS: [(&str, &str); 5] = [
    ("约八岁男童，蓝色校服，右耳缺一小块", "在集市上独自徘徊，问家在哪里不答"),
    ("约五岁女童，扎两个小辫，穿红棉袄", "在车站售票厅坐了一下午，没有大人来领"),
    ("约十二岁男童，瘦高，随身一个编织袋", "在桥洞下过夜，自称从外地来"),
    ("约十岁女童，左腿略跛，说方言", "跟着一名中年人沿街乞讨"),
    ("婴儿，裹花布小被，颈后有胎记", "清晨在卫生院门口被发现"),
];

/// So many clues.
pub(super) fn alerts(year: &mut Year<'_>, random: &mut Random, rows: usize) {
    let mut pool = Pool::new(year.children, random);
    for at in 0..rows {
        if at % 12 == 5 {
            let occurred = year.moment(random, &MONTHS, (8, 20));
            stranger(year, random, &mut pool, (at / 12, occurred));
            continue;
        }
        let Some(&clue) = random.pick(&CLUES) else { continue };
        let (source, role, channel, desk, facts, red) = clue;
        let occurred = year.moment_at(random, desk, (&MONTHS, (8, 20)));
        let child = pool.draw(|child| {
            year.here(child, occurred) && (desk != Desk::School || child.school.is_some())
        });
        let Some(child) = child else { continue };
        let recorded = if red { at_once(random, occurred) } else { written(random, occurred) };
        let seen = before(random, occurred, if red { (5, 90) } else { (20, 2 * 24 * 60) });
        let clerk = year.desk(random, desk, child, recorded.date());
        year.drafts.push(Draft {
            occurred,
            recorded,
            channel,
            role,
            area: child.residence.clone(),
            child: ChildRef::Register(child.number.clone()),
            incident: String::new(),
            step: ("risk_alert", "register_clue"),
            fields: json!({
                "source": source,
                "facts": facts,
                "seen_at": clock(seen),
                "suspected_red": red,
            }),
            note: String::new(),
            clerk,
        });
    }
}

/// A clue about a child whom nobody knows. Some other child's village is where it was seen.
fn stranger(
    year: &mut Year<'_>,
    random: &mut Random,
    pool: &mut Pool<'_>,
    (which, occurred): (usize, Timestamp),
) {
    let stranger = STRANGERS.get(which % STRANGERS.len());
    let Some(&(description, facts)) = stranger else { return };
    let Some(near) = pool.draw(|_| true) else { return };
    let recorded = written(random, occurred);
    let (channel, role, desk, source) = match random.below(3) {
        0 => (Channel::Hotline, "hotline_operator", Desk::Hotline, "hotline"),
        1 => (Channel::Visit, "grid_worker", Desk::Grid, "grid_worker"),
        _ => (Channel::Telephone, "any_reporter", Desk::Director, "other"),
    };
    let seen = before(random, occurred, (10, 6 * 60));
    let clerk = year.desk(random, desk, near, recorded.date());
    year.drafts.push(Draft {
        occurred,
        recorded,
        channel,
        role,
        area: near.residence.clone(),
        child: ChildRef::Described(description.to_owned()),
        incident: String::new(),
        step: ("risk_alert", "register_clue"),
        fields: json!({
            "source": source,
            "facts": facts,
            "seen_at": clock(seen),
            "description": description,
            "suspected_red": random.chance(40),
        }),
        note: String::new(),
        clerk,
    });
}
