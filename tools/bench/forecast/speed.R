# Series per second of R's package forecast, one core:  Rscript speed.R FILE.csv SEASON SERIES
arguments <- commandArgs(TRUE)
suppressPackageStartupMessages(library(forecast))
rows <- read.csv(arguments[1])
series <- split(rows$y, factor(rows$unique_id, levels = unique(rows$unique_id)))[seq_len(as.integer(arguments[3]))]
season <- as.integer(arguments[2])
models <- list("auto.arima" = auto.arima, "ets" = ets, "thetaf" = function(y) thetaf(y, h = 7))
for (name in names(models)) {
    start <- proc.time()[["user.self"]]
    for (y in series) suppressWarnings(models[[name]](ts(y, frequency = season)))
    cat(sprintf("R forecast %s, season %d: %.1f series/s\n", name, season, length(series) / (proc.time()[["user.self"]] - start)))
}
