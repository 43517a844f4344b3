# The stable names; what they do is in congress_portal/machine/. Arguments for pytest: make test ARGS="-k reply -x"

.DEFAULT_GOAL := help
.PHONY: help setup run test test-services test-browser lint test-load bench screenshots doctor lock

PYTHON ?= python3
# Not taken from the environment: some shells and conda export HOST as the machine's name.
HOST := 127.0.0.1
PORT ?= 8000
MACHINE := -m congress_portal.machine
VENV_PYTHON := .venv/bin/python
PYTEST := $(VENV_PYTHON) -m pytest
EMBEDDED := env -u DATABASE_URL -u REDIS_URL

help:  ## 列出各项命令
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | while IFS='	' read -r name text; do \
		printf '  make %-14s %s\n' "$$name" "$$text"; done

setup:  ## 准备虚拟环境、依赖、字体（run 和 test 会自行执行）
	@$(PYTHON) $(MACHINE).setup

run:  ## 启动网站和后台任务，首次写入示例数据 [HOST=127.0.0.1 PORT=8000]
	@$(PYTHON) $(MACHINE).run --host "$(HOST)" --port "$(PORT)"

test:  ## 全部测试（SQLite，无需其他服务）
	@$(PYTHON) $(MACHINE).setup --develop
	$(EMBEDDED) $(PYTEST) -n auto $(ARGS)

test-services:  ## 在 PostgreSQL 和 Redis 上测试 [DATABASE_URL=… REDIS_URL=…]
	@$(PYTHON) $(MACHINE).setup --develop
	@$(VENV_PYTHON) $(MACHINE).services $(ARGS)

test-browser:  ## 浏览器中的完整流程和无障碍检查
	@$(PYTHON) $(MACHINE).setup --develop --browser
	$(EMBEDDED) $(PYTEST) -m browser $(ARGS)

lint:  ## 格式、分层、类型、迁移、部署检查
	@$(PYTHON) $(MACHINE).setup --develop
	@$(VENV_PYTHON) $(MACHINE).lint

test-load:  ## 大数据量和故障测试（耗时较长）
	@$(PYTHON) $(MACHINE).setup --develop
	$(PYTEST) -m load -s tests/load $(ARGS)

bench:  ## 性能对比，结果为比值
	@$(PYTHON) $(MACHINE).setup --develop
	$(PYTEST) -m bench -s tests/bench $(ARGS)

screenshots:  ## 更新 README 的插图
	@$(PYTHON) $(MACHINE).setup --develop --browser
	$(EMBEDDED) $(PYTEST) -m screenshots tests/browser $(ARGS)

doctor:  ## 检查本机缺少什么、如何安装
	@$(PYTHON) $(MACHINE).doctor

lock:  ## 更新 uv.lock 和 requirements*.txt（需联网）
	@$(PYTHON) $(MACHINE).setup --develop
	$(VENV_PYTHON) -m uv lock --upgrade
	$(VENV_PYTHON) -m uv export --quiet --frozen --no-dev --no-emit-project -o requirements.txt
	$(VENV_PYTHON) -m uv export --quiet --frozen --no-emit-project -o requirements-dev.txt
