"""What was put forward under oversight topics (监督议题提出的意见建议), topic by topic, with the replies."""

from congress_portal.management.sample.matters.kinds import Single
from congress_portal.management.sample.names import (
    CARE,
    CITY,
    CLEAN,
    DONGQIAO,
    ECONOMY,
    ENFORCE,
    ENVIRONMENT,
    HOUSING,
    OTHER,
    SOCIAL,
    XINHE,
)
from suggestions.choices import Outcome

A, B = Outcome.SOLVED, Outcome.BEING_SOLVED

# fmt: off
ON_ENVIRONMENT = (
    Single(CLEAN, ENVIRONMENT, "建议加强环境整治的统一领导", "环境整治由几个部门分头管，遇到交界的地方没有人牵头。建议由街道主要领导牵头，每月会商一次，定下每处的责任人。", A, "已成立街道环境整治领导小组，由主要领导任组长，每月会商一次，交界地段 23 处已逐处明确责任人。"),
    Single(CLEAN, CITY, "建议统筹协调保洁和清运时间", "道路保洁、垃圾清运、河道打捞各排各的时间，刚扫过又被弄脏。建议统一排班，先清运后保洁。", A, "三支队伍的作业时间已统一编排，先清运后保洁，重点路段每天增加一次巡回保洁。"),
    Single(CLEAN, ENVIRONMENT, "建议做好固体废物管理的宣传教育", "不少小企业和装修户不知道建筑垃圾、废油漆桶该怎么处理。建议把处理办法印成一页纸，送到店里和工地。", A, "一页纸的处理指南已印发 6000 份，送到企业、商铺和装修工地，并在五个社区开了 11 场说明会。"),
    Single(CLEAN, ENFORCE, "建议从源头治理工地带泥上路", "织造路南侧地块、船坞路西侧地块出来的车常把泥带上路。建议出口装冲洗设备，没有冲洗的不准出门。", A, "两处工地出口的冲洗设备已装好并联网，没有冲洗的车辆由工地自行拦下，三个月查处 5 起。", DONGQIAO, "织造路南侧地块"),
    Single(CLEAN, ENVIRONMENT, "建议对晒谷港沿岸排口编号管理", "晒谷港沿岸排口多，居民看到污水不知道该报哪一个。建议逐个编号挂牌，写明责任单位和电话。", A, "沿岸 37 个排口已全部编号挂牌，写明责任单位和电话，挂牌以来收到居民报告 9 次，均在当天处理。", XINHE, "晒谷港"),
    Single(HOUSING, CITY, "建议提高社区管理楼道的水平", "楼道堆物清了又堆。建议由社区、物业和楼组长每周一起看一次，结果贴在单元门口。", A, "五个社区已实行每周楼道联合检查，结果贴在单元门口，半年来反复堆放的楼道由 64 处减到 11 处。"),
    Single(CLEAN, CITY, "建议完善文明创建的长效机制", "迎检查时干净，检查过后又回到原样。建议把平时的检查结果按月公布，和保洁单位的费用挂钩。", A, "已建立月度检查和公布制度，检查结果与保洁服务费挂钩，一年来扣减费用 4 次，最低的一个月得分为 91 分。"),
    Single(OTHER, ECONOMY, "建议支持小企业更换治污设备", "几家小企业愿意更换治污设备，但一次投入大。建议给予贴息或者分期补助，并请技术人员上门。", B, "分期补助办法已经印发，首批 12 家企业通过审核，技术人员已逐家上门，设备更换正在进行。", XINHE, "禾丰工业园"),
)

ON_CARE = (
    Single(CARE, SOCIAL, "建议助餐点周末也供应午餐", "督查五个助餐点，三个周末不开。独居老人周末吃饭没有着落。建议轮流开放，先保证午餐。", A, "五个助餐点已实行周末轮流开放，午餐保证供应，路远的由志愿者送餐，每个周末平均供应 210 份。"),
    Single(CARE, SOCIAL, "建议统一陪诊服务的价格", "同样的半天陪诊，价格从八十元到二百元都有，老人不知道该找谁。建议公布统一的价格和预约电话。", A, "陪诊服务的参考价格和预约电话已公布，三家机构按同一价格服务，困难老人由街道补助一半。"),
)
# fmt: on
