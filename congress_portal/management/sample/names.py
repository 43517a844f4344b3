"""The words that several files of the sample share: communities, departments and categories, and places by their kind.

Every name is made up. A place is never more exact than a road or a housing estate.
"""

NANTANG, GUIHUA, DONGQIAO, HEWAN, XINHE = COMMUNITIES = ("南塘社区", "桂花社区", "东桥社区", "河湾社区", "新禾社区")

CITY = "城市管理办公室"
BUILD = "城市建设办公室"
ENFORCE = "综合执法队"
SOCIAL = "社会事务办公室"
ENVIRONMENT = "生态环境办公室"
SAFETY = "平安法治办公室"
ECONOMY = "经济发展办公室"
MARKET = "市场监管所"
POLICE = "交警中队"
POWER = "供电所"
WATER = "供水所"
HEALTH = "社区卫生服务中心"
DEPARTMENTS = (
    CITY,
    BUILD,
    ENFORCE,
    SOCIAL,
    ENVIRONMENT,
    SAFETY,
    ECONOMY,
    MARKET,
    POLICE,
    POWER,
    WATER,
    HEALTH,
)

# As migration 0002 of suggestions names them.
ROADS, CLEAN, HOUSING, CARE, TRAFFIC, OTHER = (
    "道路与照明",
    "环境卫生",
    "住房与物业",
    "教育医疗养老",
    "交通出行",
    "其他",
)

PLACES: dict[str, dict[str, tuple[str, ...]]] = {
    NANTANG: {
        "road": ("南塘路", "塘前路", "学前路"),
        "alley": ("塘后弄", "井亭弄"),
        "estate": ("南塘新村", "金塘公寓", "塘后小区", "凤鸣花园"),
        "resettled": ("锦塘家园",),
        "tower": ("凤鸣花园", "塘景名苑"),
        "school": ("南塘小学", "凤鸣中学"),
        "market": ("南塘菜场",),
        "river": ("南塘河", "塘后浜"),
        "park": ("南塘公园", "塘心口袋公园"),
        "stop": ("南塘路公交站", "学前路公交站"),
        "crossing": ("南塘路与塘前路口", "学前路与凤鸣路口"),
        "shops": ("塘前路沿街", "井亭弄口"),
        "station": ("南塘社区服务站",),
        "clinic": ("南塘卫生站",),
        "site": ("塘前路东侧地块",),
        "factory": ("塘前路老厂区",),
    },
    GUIHUA: {
        "road": ("桂花路", "丹桂街", "银桂路"),
        "alley": ("银桂巷", "柴家弄"),
        "estate": ("桂花苑", "丹桂园", "银桂公寓", "柴家小区"),
        "resettled": ("桂香家园",),
        "tower": ("丹桂园", "桂影名庭"),
        "school": ("桂花小学", "丹桂中学"),
        "market": ("桂花菜场",),
        "river": ("桂溪", "柴家浜"),
        "park": ("桂花公园", "丹桂绿地"),
        "stop": ("丹桂街公交站", "银桂路公交站"),
        "crossing": ("桂花路与丹桂街口", "银桂路与丹桂街口"),
        "shops": ("丹桂街沿街", "银桂巷口"),
        "station": ("桂花社区服务站",),
        "clinic": ("桂花卫生站",),
        "site": ("银桂路北侧地块",),
        "factory": ("银桂路仓储园",),
    },
    DONGQIAO: {
        "road": ("东桥路", "织造路", "花布街"),
        "alley": ("桥头弄", "染坊弄"),
        "estate": ("东桥新苑", "织造厂宿舍", "桥头小区", "花布里"),
        "resettled": ("东锦家园",),
        "tower": ("东桥雅苑", "花布里"),
        "school": ("东桥小学", "织造路小学"),
        "market": ("东桥菜场",),
        "river": ("东桥河", "染坊浜"),
        "park": ("东桥绿地", "织造公园"),
        "stop": ("织造路公交站", "花布街公交站"),
        "crossing": ("东桥路与织造路口", "花布街与织造路口"),
        "shops": ("花布街沿街", "桥头弄口"),
        "station": ("东桥社区服务站",),
        "clinic": ("东桥卫生站",),
        "site": ("织造路南侧地块",),
        "factory": ("织造路工业区",),
    },
    HEWAN: {
        "road": ("河湾路", "临河街", "船坞路"),
        "alley": ("渔家弄", "湾里巷"),
        "estate": ("河湾新村", "临河花园", "船坞小区", "湾里人家"),
        "resettled": ("湾锦家园",),
        "tower": ("临河花园", "湾畔名邸"),
        "school": ("河湾小学", "临河中学"),
        "market": ("河湾菜场",),
        "river": ("湾里河", "船坞港"),
        "park": ("河湾公园", "临河绿道"),
        "stop": ("河湾路公交站", "船坞路公交站"),
        "crossing": ("河湾路与船坞路口", "临河街与河湾路口"),
        "shops": ("临河街沿街", "渔家弄口"),
        "station": ("河湾社区服务站",),
        "clinic": ("河湾卫生站",),
        "site": ("船坞路西侧地块",),
        "factory": ("船坞路修理厂",),
    },
    XINHE: {
        "road": ("新禾路", "禾丰路", "育才路"),
        "alley": ("禾丰巷", "晒谷弄"),
        "estate": ("禾丰苑", "育才公寓", "新禾小区", "晒谷新村"),
        "resettled": ("新禾家园",),
        "tower": ("禾丰苑", "新禾学府"),
        "school": ("新禾小学", "育才中学"),
        "market": ("新禾菜场",),
        "river": ("禾丰河", "晒谷港"),
        "park": ("新禾公园", "禾丰绿地"),
        "stop": ("禾丰路公交站", "育才路公交站"),
        "crossing": ("新禾路与禾丰路口", "育才路与禾丰路口"),
        "shops": ("禾丰路沿街", "晒谷弄口"),
        "station": ("新禾社区服务站",),
        "clinic": ("新禾卫生站",),
        "site": ("育才路北侧地块",),
        "factory": ("禾丰工业园",),
    },
}
