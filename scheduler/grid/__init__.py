"""The grid: what goes out when, who has agreed, what stands in its way; as data, diary and page."""
