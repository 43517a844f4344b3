from django.apps import AppConfig


class AnnualSummaryConfig(AppConfig):
    name = "congress_portal.annual_summary"
    label = "annual_summary"
    verbose_name = "年度工作总结"
