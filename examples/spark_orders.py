"""One machine outgrown: the same call on a PySpark DataFrame. Nothing of atoz is needed on the executors."""

from datetime import UTC, date, datetime

from pyspark.sql import SparkSession

from atoz.frames import with_filing_window

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
orders = spark.createDataFrame(
    [
        ("US", datetime(2016, 6, 1, 3, tzinfo=UTC), date(2016, 6, 10)),
        ("JP", datetime(2016, 6, 1, 16, tzinfo=UTC), date(2016, 6, 12)),
        ("US", datetime(2016, 6, 1, 3, tzinfo=UTC), None),
    ],
    "marketplace string, placed_at timestamp, deliver_by date",
)
found = with_filing_window(orders, on=date(2016, 6, 9))
for row in found.orderBy("marketplace", "deliver_by").select("marketplace", "opens", "closes", "verdict").collect():
    print(*row)
spark.stop()
