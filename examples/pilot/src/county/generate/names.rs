//! Names that nobody bears: every one carries 示, 例 or 样.

use crate::random::Random;

const MARKS: [&str; 3] = ["示", "例", "样"];

const SURNAMES: [&str; 32] = [
    "林", "陈", "王", "李", "张", "刘", "杨", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "何",
    "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "欧阳",
    "覃",
];

const GIVEN: [&str; 48] = [
    "安", "溪", "山", "河", "云", "晴", "岚", "松", "竹", "梅", "兰", "菊", "荷", "枫", "桐", "杉",
    "春", "夏", "秋", "冬", "晨", "朝", "暮", "星", "月", "阳", "雨", "雪", "霜", "露", "风", "雷",
    "琴", "棋", "书", "画", "诗", "歌", "舟", "帆", "石", "泉", "谷", "原", "禾", "麦", "豆", "茶",
];

/// Characters that many fonts and some databases lack.
const RARE: [&str; 5] = ["𠮷", "㼆", "龘", "䶮", "𬱖"];

const NOUNS: [&str; 20] = [
    "枫", "溪", "坪", "岭", "塘", "湾", "桥", "竹", "石", "泉", "荷", "柳", "松", "田", "沙", "坝",
    "井", "坡", "洲", "谷",
];

const SIDES: [&str; 12] = ["上", "下", "东", "西", "南", "北", "前", "后", "大", "小", "新", "中"];

fn at(words: &[&'static str], at: usize) -> &'static str {
    words.get(at % words.len().max(1)).copied().unwrap_or_default()
}

/// A surname.
pub(super) fn surname(random: &mut Random) -> &'static str {
    random.word(&SURNAMES)
}

/// A full name with this surname. `among` tells the children of one household apart.
pub(super) fn person(random: &mut Random, surname: &str, among: usize) -> String {
    let last = if random.chance(6) {
        at(&RARE, random.below(RARE.len()))
    } else {
        // Steps of 3 keep siblings apart: each has a third of the list for itself.
        at(&GIVEN, random.below(GIVEN.len() / 3) * 3 + among)
    };
    format!("{surname}{}{last}", random.word(&MARKS))
}

/// The name of a town, each another.
pub(super) fn town(index: usize) -> String {
    let round = index / (MARKS.len() * NOUNS.len());
    let more = if round == 0 { "" } else { at(&NOUNS, round) };
    format!("{}{}{more}", at(&MARKS, index), at(&NOUNS, index * 7 + index / NOUNS.len()))
}

/// The name of a village, each another within its town.
pub(super) fn village(town: usize, index: usize) -> String {
    let round = index / (SIDES.len() * NOUNS.len());
    let more = if round == 0 { "" } else { at(&SIDES, round) };
    let noun = at(&NOUNS, town * 3 + index + index / SIDES.len());
    format!("{}{}{more}{noun}村", at(&MARKS, town + 1), at(&SIDES, index))
}
