"""What is on the desk today and what was closed in the half year before, in working days before today.

The days move with the day of installation, so that there is always something new, something due today and something
late. What happened before lies in ``history``.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from congress_portal.management.sample.names import COMMUNITIES
from congress_portal.management.sample.people import raiser
from congress_portal.management.sample.story import FAIR, GOOD, POOR, Rated, Round, Story
from congress_portal.management.sample.street import Street
from congress_portal.management.sample.walking import walk
from suggestions.choices import Channel, Outcome


@dataclass(frozen=True)
class Case:
    """One case and how far it went.

    ``came`` is the day it came in: a fixed day, or so many working days before the last one. ``stage`` is the last thing that happened: new,
    accepted, declined, assigned, replied, closed, reopened, or handled twice. ``due_in`` is a due day from today that
    the committee sets, earlier than the rules give.
    """

    came: int | date
    channel: Channel
    community: int
    category: str
    place: str
    title: str
    matter: str
    department: str = ""
    stage: str = "closed"
    outcome: Outcome = Outcome.SOLVED
    reply: str = ""
    ratings: Rated = GOOD
    reason: str = ""
    photos: int = 0
    scene: str = "street"
    raised_by: str = ""
    due_in: int | None = None


W, R, C, G = Channel.WEB, Channel.RECEPTION, Channel.COUNCIL, Channel.WECHAT
A, B, N, D = Outcome.SOLVED, Outcome.BEING_SOLVED, Outcome.NOT_NOW, Outcome.REFERENCE

# fmt: off
CASES = (
    # ---- what is on the desk now
    Case(0, W, 2, "教育医疗养老", "东桥路 12 号", "社区食堂周末不开门", "社区食堂周六周日都不开门，附近独居老人周末吃饭没有着落。希望周末至少供应一顿午饭。", stage="new"),
    Case(1, W, 0, "交通出行", "凤鸣路北段", "凤鸣路非机动车乱停", "凤鸣路北段人行道停满共享单车和电动车，推婴儿车、坐轮椅都过不去，只能走机动车道。请划出停车的地方，并有人管。", stage="new", photos=2),
    Case(2, R, 1, "住房与物业", "桂花社区 3 幢", "楼道堆物挡住消防通道", "3 幢二单元一楼楼道堆着旧家具和纸箱，消防通道只剩半边，多次跟物业说没有清。", stage="new", raised_by="陈雅文"),
    Case(3, G, 4, "环境卫生", "新禾社区中心广场", "新禾社区广场舞噪声", "中心广场晚上 9 点半以后仍有广场舞，音量大，影响附近两所学校的学生休息。希望约定时间和音量。", stage="accepted"),
    Case(4, C, 3, "环境卫生", "河湾路 40 号旁", "河湾路垃圾投放点夜间气味大", "垃圾投放点夏天以后气味一直很大，投放时间过后仍有人乱扔。建议加装除臭设备，并延长值守时间。", stage="accepted", raised_by="沈月琴"),
    Case(7, W, 3, "道路与照明", "河湾步道", "河湾步道雨后积水，老人行走不便", "河湾步道靠近三号桥的一段，每次下雨都积水，两三天不退，老人只能绕行。希望把排水口疏通，把低的地方垫高。", "城市管理办公室", "assigned", photos=1),
    Case(10, R, 1, "交通出行", "桂花路公交站", "桂花路公交站没有遮雨棚", "桂花路公交站两个方向都没有遮雨棚和座椅，老人等车很辛苦。", "城市建设办公室", "assigned", raised_by="陈雅文", due_in=2),
    Case(14, W, 4, "交通出行", "新禾路", "新禾路公交站牌字太小", "新禾路公交站牌上的字太小，老人看不清。希望换成大字的，并装上夜间照明。", "城市管理办公室", "assigned", due_in=0),
    Case(19, R, 2, "道路与照明", "东桥路 88 号门前", "东桥路窨井盖破损", "东桥路 88 号门前的窨井盖裂了一大块，电动车压上去会翘，晚上很危险。", "城市建设办公室", "assigned", raised_by="陈雅文"),
    Case(21, Channel.ACTIVITY, 1, "环境卫生", "桂花社区东门", "桂花社区快递柜占道", "视察中看到桂花社区东门的快递柜占了半条人行道，取件高峰时行人走到马路上。", "综合执法队", "assigned"),
    Case(11, W, 0, "道路与照明", "凤鸣路菜场东门", "凤鸣路菜场东门夜间照明不足", "凤鸣路菜场东门 5 盏路灯有 3 盏不亮，晚上买菜的老人看不清台阶，已经有人摔倒。希望尽快修好。", "城市管理办公室", "replied", B, "您反映的路段，我们当晚到现场查看，5 盏路灯中 3 盏不亮，原因是地下线路进水。\n\n已先装临时灯 2 盏。线路要开挖更换，施工时间已与供电所商定，避开菜场早市。", photos=1, scene="lamp"),
    Case(13, W, 2, "交通出行", "东桥小学门口", "东桥小学放学时段路口无人疏导", "每天下午四点半放学，校门口的路口没有人疏导，汽车和孩子挤在一起。", "交警中队", "replied", A, "自下周一起，放学时段安排一名交警和两名志愿者在路口疏导，并在路面增划等候区。"),
    Case(16, C, 4, "教育医疗养老", "新禾社区卫生站", "卫生站抽血要跑到街道", "新禾卫生站不能抽血，老人检查要到街道的卫生服务中心，来回一个多小时。", "社区卫生服务中心", "replied", B, "已与卫生服务中心商定，从下月起每周二、周四上午在新禾卫生站设抽血点，标本统一送检。", raised_by="沈月琴"),
    Case(24, C, 1, "教育医疗养老", "桂花社区服务站", "老年卡换卡要跑两趟", "老年卡换卡要先到社区盖章，再到街道办，来回两趟。能不能在社区一次办好。", "社会事务办公室", "reopened", D, "换卡流程由市里统一规定，您的建议已经记录，将向上级部门反映。", POOR, "只说向上反映，没有说能不能在社区代办。", raised_by="沈月琴"),
    Case(22, W, 0, "环境卫生", "南塘菜场", "南塘菜场公用秤不准", "南塘菜场入口的公用秤称出来总比摊位上少，问了几次没人管。", "市场监管所", "reopened", A, "已对公用秤检定，误差在允许范围内，检定标志已更新。", POOR, "换了标志但称出来还是不一样，希望当面比一次。"),
    # ---- closed this year
    Case(29, W, 1, "道路与照明", "桂花社区 7 幢", "桂花社区 7 幢楼道灯常明不灭", "7 幢一单元楼道灯白天黑夜都亮着，声控坏了，浪费电。", "城市建设办公室", "closed", A, "已更换 7 幢一、二单元声控开关 6 个，现场试过正常。"),
    Case(35, R, 3, "住房与物业", "河湾新村", "河湾新村外墙渗水", "河湾新村 5 幢西墙下雨渗水，三户人家墙皮脱落。", "城市建设办公室", "closed", A, "已用防水材料修补西墙 42 平方米，雨后回访三户，没有再渗。", photos=1, scene="stairs"),
    Case(39, G, 4, "环境卫生", "新禾路 20 号", "新禾路餐馆油烟直排", "新禾路 20 号一楼新开的餐馆没有油烟管道，楼上开不了窗。", "生态环境办公室", "closed", A, "经现场检查，该餐馆未装油烟净化设施，已责令停业整改，装好净化器并验收后恢复营业。"),
    Case(50, R, 0, "教育医疗养老", "南塘社区", "希望社区有老年食堂", "南塘社区 80 岁以上老人多，子女不在身边，希望办一个老年食堂。", "社会事务办公室", "closed", B, "南塘老年食堂选址已定在社区服务站一楼，正在装修，先由配餐车每天送午餐。", FAIR, raised_by="陈雅文"),
    Case(54, C, 2, "交通出行", "东桥路", "东桥路上学高峰公交太挤", "早上七点到八点东桥路的公交车挤不上去，建议增加班次。", "经济发展办公室", "closed", A, "公交公司已在早高峰增加两班区间车，7 点 10 分和 7 点 35 分发车。"),
    Case(59, G, 1, "住房与物业", "桂花社区", "桂花社区电动车没有地方充电", "电动车都拉线到家里充电，太危险，希望装集中充电桩。", "城市管理办公室", "closed", A, "已在东门和北门各装集中充电桩 20 个，并配灭火器材。", photos=1, scene="stairs"),
    Case(64, R, 4, "道路与照明", "新禾路与凤鸣路口", "新禾路口盲道被占", "路口盲道上立着广告牌，盲人走不过去。", "综合执法队", "closed", A, "占道广告牌 4 块已拆除，并与商户签了门前责任书。"),
    Case(69, Channel.PHONE, 3, "环境卫生", "河湾泵站", "河湾泵站半夜声音大", "泵站夜里启动声音很大，附近老人睡不好。", "供水所", "closed", A, "已给泵房加装隔音板，夜间改用小功率泵，回访时声音明显变小。", FAIR),
    Case(75, R, 2, "住房与物业", "东桥新苑", "东桥新苑自来水发黄", "东桥新苑早上的自来水发黄，要放很久才清。", "供水所", "closed", A, "已冲洗管网，并更换锈蚀支管 60 米，连续三天取样合格。"),
    Case(80, C, 0, "环境卫生", "南塘河", "南塘河漂浮物多", "南塘河拐弯处经常漂着垃圾，夏天有气味。", "生态环境办公室", "closed", A, "已在拐弯处设拦漂网，每天打捞一次，河长每周巡查。", raised_by="沈月琴"),
    Case(85, G, 3, "道路与照明", "河湾路", "河湾路人行道地砖松动", "河湾路两侧地砖松动，雨天踩上去溅一身水。", "城市建设办公室", "closed", A, "已翻铺人行道地砖 310 平方米。", photos=1),
    Case(90, R, 1, "教育医疗养老", "桂花社区", "家庭医生电话打不通", "签约的家庭医生电话总打不通，换了人也不通知。", "社区卫生服务中心", "closed", A, "已公布新的签约医生名单和值班电话，并逐户短信告知。"),
    Case(95, Channel.LETTER, 4, "交通出行", "新禾社区北门", "北门左转进小区等很久", "北门左转没有等候区，早晚都堵。", "交警中队", "closed", N, "该路口车道宽度不够，暂时不能划左转等候区，已把绿灯延长 6 秒，明年道路改造时一并考虑。", FAIR),
    Case(101, R, 0, "道路与照明", "凤鸣路", "凤鸣路树枝遮挡路灯", "凤鸣路行道树太密，路灯被遮住，晚上很暗。", "城市管理办公室", "closed", A, "已修剪行道树 36 棵，路灯照度恢复正常。", raised_by="陈雅文"),
    Case(107, C, 4, "环境卫生", "新禾社区", "小区没有大件垃圾投放点", "旧沙发旧床没有地方放，都堆在绿化带。", "城市管理办公室", "closed", A, "已在小区北侧设大件垃圾临时投放点，每周三、周六清运。"),
    Case(113, G, 2, "住房与物业", "东桥社区 9 幢", "9 幢电梯经常停", "9 幢电梯一个月停了四次，老人被困过一次。", "市场监管所", "closed", A, "已督促维保单位更换门机和主板，并增加半月检，最近两周没有再停。"),
    Case(119, R, 3, "交通出行", "河湾小学", "河湾小学门口没有斑马线", "学校门口没有斑马线和减速带，车开得很快。", "交警中队", "closed", A, "已划斑马线一道、装减速带两处和提示牌。", photos=1),
    Case(125, C, 1, "其他", "桂花社区", "社区活动室晚上不开", "活动室晚上不开放，年轻人下班后用不上。", "社会事务办公室", "closed", A, "活动室已延长到晚上 9 点，周末全天开放。"),
    Case(131, Channel.SESSION, 0, "教育医疗养老", "", "关于加快老旧小区加装电梯的建议", "老旧小区老年人比例高，上下楼难。建议明确补贴标准，简化手续，由专人帮助居民协商。", "城市建设办公室", "closed", B, "已印发加装电梯办事指南，明确补贴标准，并在各社区设联络员；今年已完成 9 台，另 3 台正在施工。", raised_by="陈雅文"),
    Case(137, R, 2, "其他", "东桥路", "东桥路临时摊点收摊后不清理", "早市收摊后满地菜叶，没人打扫。", "综合执法队", "twice", A, "已与摊主约定收摊后自行清理。", POOR, "头几天好，后来又没人管了。", photos=1, scene="rubbish"),
    # ---- not accepted
    Case(24, W, 4, "住房与物业", "新禾社区 15 幢", "相邻两户因漏水赔偿争执", "楼上漏水把我家天花板泡坏了，赔偿谈不拢，希望街道出面判。", stage="declined"),
    Case(71, W, 0, "其他", "", "正在打官司的合同纠纷", "我和装修公司的合同纠纷法院已经立案，希望代表帮忙说话。", stage="declined"),
    # ---- on fixed days
    Case(date(2025, 10, 30), C, 0, "道路与照明", "南塘路", "南塘路路面坑洼", "南塘路中段坑洼不平，骑车颠簸。", "城市建设办公室", "closed", A, "已铣刨重铺路面 260 米。", raised_by="沈月琴"),
    Case(date(2025, 10, 10), G, 1, "环境卫生", "桂花社区", "桂花社区垃圾分类桶太少", "分类桶太少，周末都满了。", "城市管理办公室", "closed", A, "已增加分类桶 12 组，周末增加一次清运。"),
    Case(date(2025, 9, 17), C, 3, "教育医疗养老", "河湾社区", "希望增设老年学堂", "老人想学手机和书法，希望社区开课。", "社会事务办公室", "closed", A, "河湾老年学堂已开班，设手机、书法、合唱三门课。"),
    Case(date(2025, 8, 26), G, 2, "住房与物业", "东桥社区", "东桥社区围墙有裂缝", "小区西侧围墙有裂缝，怕倒。", "城市建设办公室", "closed", A, "已拆除危险墙段 18 米并重砌。"),
    Case(date(2025, 8, 1), W, 4, "交通出行", "新禾路", "新禾路夜间大货车多", "夜里大货车走新禾路，又吵又不安全。", "交警中队", "closed", A, "已设夜间货车限行标志，并不定期检查。", FAIR),
    Case(date(2025, 7, 7), C, 2, "环境卫生", "东桥河", "东桥河岸护栏锈蚀", "护栏锈断了几处，孩子容易掉下去。", "城市管理办公室", "closed", A, "已更换护栏 85 米。"),
)
# fmt: on

DECLINED = {
    "相邻两户因漏水赔偿争执": (
        "两家之间的赔偿属于个人纠纷，不在意见建议受理范围。可以请社区人民调解委员会调解，也可以向 12345 热线咨询。",
        "社区调解委员会、12345 热线",
    ),
    "正在打官司的合同纠纷": ("法院已经立案的事由法院处理，不在这里受理。", "安澜区人民法院 12368"),
}
SECOND_REPLY = "已改为定人定时：早市 9 点收摊后由保洁员清扫冲洗，执法队员每天 9 点半到场检查，最近一周没有再出现。"

FIRST_DAY = date(2025, 1, 1)  # what came in earlier is told by the history, and counted there


def begins_on(street: Street) -> date:
    """Return the day of the oldest case that moves with the day of installation."""
    return street.working_day_ago(max(case.came for case in CASES if isinstance(case.came, int)))


def build(street: Street) -> None:
    for case in CASES:
        story = _story(street, case)
        if FIRST_DAY <= story.received_on <= street.today:
            street.plan(walk(street, story))


def _story(street: Street, case: Case) -> Story:
    random = Random(case.title)  # noqa: S311 - for variety, not for secrets
    if case.came == 0 and case.channel == W:
        received_on = street.today  # residents write on any day
    else:
        received_on = case.came if isinstance(case.came, date) else street.working_day_ago(case.came)
    community = COMMUNITIES[case.community]
    rounds = [Round(after=random.randint(5, 10), reply=case.reply, outcome=case.outcome)]
    if case.stage == "replied":
        rounds = [replace(rounds[0], after=case.came - 5)]
    elif case.stage == "reopened":  # so that the month for the second answer is not over, whatever holidays lie between
        rounds = [replace(rounds[0], after=8, ratings=case.ratings, reason=case.reason, rated_after=3)]
    elif case.stage in ("closed", "twice"):
        rounds = [replace(rounds[0], ratings=case.ratings, reason=case.reason, rated_after=random.randint(2, 6))]
    if case.stage == "twice":
        rounds.append(Round(after=8, reply=SECOND_REPLY, outcome=case.outcome, ratings=GOOD))
    return Story(
        received_on=received_on,
        channel=case.channel,
        category=case.category,
        community=community,
        place=case.place,
        title=case.title,
        matter=case.matter,
        raised_by=case.raised_by or raiser(case.channel, community, on=received_on, random=random),
        scene=case.scene,
        photos=case.photos,
        accepted_after=None if case.stage == "new" else 1,
        declined=DECLINED.get(case.title),
        assigned_after=None if case.stage == "accepted" else 0,
        department=case.department,
        due_on=None if case.due_in is None else street.today + timedelta(days=case.due_in),
        rounds=tuple(rounds) if case.reply else (),
    )
