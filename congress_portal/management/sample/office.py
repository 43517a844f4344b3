"""The office, the communities and departments around it, and who has an account."""

import secrets
from datetime import date

from django.contrib.auth.hashers import make_password

from congress_portal.accounts.choices import Role
from congress_portal.accounts.models import Committee, Community, Department, User
from congress_portal.management.sample.names import COMMUNITIES, DEPARTMENTS
from congress_portal.management.sample.street import Street, moment

WECHAT_STARTED_ON = date(2021, 5, 10)
COUNCIL_STARTED_ON = date(2022, 3, 18)

COMMITTEE = {
    "name": "云禾街道人大工委",
    "full_name": "云禾街道人大工作委员会",
    "district_name": "安澜区",
    "street_name": "云禾街道",
    "seal_char": "禾",
    "address": "安澜区云禾街道东桥路 66 号，街道便民中心 2 楼 203 室",
    "phone": "0570-555 0142",
    "office_hours": "工作日 8:30—12:00、13:30—17:00",
    "council_started_on": COUNCIL_STARTED_ON,
    "wechat_started_on": WECHAT_STARTED_ON,
}

# username, name, role, department. All of them can sign in; the officer is the head of the department.
ACCOUNTS = (
    ("hejian", "何建", Role.ADMIN, ""),
    ("fangzhenhua", "方振华", Role.DIRECTOR, ""),
    ("zhoumin", "周敏", Role.CLERK, ""),
    ("shenli", "沈立", Role.AUDITOR, ""),
    ("wuqian", "吴倩", Role.OFFICER, "城市管理办公室"),
    ("chenyawen", "陈雅文", Role.DEPUTY, ""),
    ("shenyueqin", "沈月琴", Role.COUNCILLOR, ""),
)

# Who answers for the other departments; nobody can sign in as one of them.
OFFICERS = {
    "城市建设办公室": ("luoweiping", "骆卫平"),
    "综合执法队": ("shijunjie", "施俊杰"),
    "社会事务办公室": ("haohuifang", "郝慧芳"),
    "生态环境办公室": ("quqingyuan", "瞿清源"),
    "平安法治办公室": ("gehongwei", "葛宏伟"),
    "经济发展办公室": ("maoxinyi", "毛欣怡"),
    "市场监管所": ("duanzhengping", "段正平"),
    "交警中队": ("leiming", "雷鸣"),
    "供电所": ("xiangguangyao", "项光耀"),
    "供水所": ("tanyuqing", "谈雨晴"),
    "社区卫生服务中心": ("yuannianci", "阮念慈"),
}


def build(street: Street) -> None:
    street.committee = Committee.objects.create(**COMMITTEE)
    street.communities = {
        name: Community.objects.create(name=name, position=position * 10)
        for position, name in enumerate(COMMUNITIES, start=1)
    }
    street.departments = {
        name: Department.objects.create(name=name, position=position * 10)
        for position, name in enumerate(DEPARTMENTS, start=1)
    }
    password = secrets.token_urlsafe(9)
    lines = ["示例账户（密码相同，每次安装随机生成）："]
    for username, name, role, department in ACCOUNTS:
        street.accounts[name] = _account(street, username, name, role, department)
        title = role.label + (f"（{department}）" if department else "")
        lines.append(f"  {username:<12} {password}  {name}，{title}")
    street.accounts_text = "\n".join(lines) + "\n"
    # Hashing takes a third of a second, and the password is one.
    opened = [user.pk for user in street.accounts.values()]
    User.objects.filter(pk__in=opened).update(password=make_password(password))
    street.clerk = street.accounts["周敏"]
    street.officers = {"城市管理办公室": street.accounts["吴倩"]} | {
        department: _account(street, username, name, Role.OFFICER, department)
        for department, (username, name) in OFFICERS.items()
    }


def _account(street: Street, username: str, name: str, role: Role, department: str) -> User:
    return User.objects.create_user(
        username,
        display_name=name,
        role=role,
        department=street.departments.get(department),
        is_department_head=role == Role.OFFICER,
        created_at=moment(WECHAT_STARTED_ON, 9),
    )
