Attribute VB_Name = "modQnRefresh"
Option Explicit

' Lam moi: copies the result sheets of bao-cao/moi-nhat.xlsx into this workbook, without Python. The stamp (run
' number) is emptied first and written last, then everything is calculated: a formula never mixes two runs.

Private Const ManualCalculation As Long = -4135

Public Function QnRefresh() As Boolean
    Dim source As Workbook
    Dim path As String
    Dim calculation As Long
    Dim problem As String
    QnRefresh = False
    If ThisWorkbook.Path = "" Then
        QnSayKey "refresh.unsaved"
        Exit Function
    End If
    path = QnBeside("bao-cao/moi-nhat.xlsx")
    If Not QnHostFileExists(path) Then
        QnSayKey "refresh.missing"
        Exit Function
    End If
    calculation = Application.Calculation
    QnHostBegin
    On Error GoTo unopened
    Set source = Workbooks.Open(path, 0, True)
    On Error GoTo failed
    problem = MissingSheet(source)
    If problem <> "" Then
        source.Close False
        QnHostEnd
        QnSayKey "refresh.wrong", problem
        Exit Function
    End If
    Application.Calculation = ManualCalculation
    CopyAll source
    source.Close False
    Application.Calculation = calculation
    QnHostCalculate
    QnHostEnd
    QnRefresh = True
    QnStatus QnText("refresh.done", QnRun(), Format(QnShownAsOf(), "dd/mm/yyyy"))
    Exit Function
unopened:
    problem = Err.Description
    QnHostEnd
    QnSayKey "refresh.open", problem
    Exit Function
failed:
    problem = Err.Description
    On Error Resume Next
    source.Close False
    Application.Calculation = calculation
    QnHostEnd
    QnSayKey "refresh.failed", problem
End Function

Private Sub CopyAll(ByVal source As Workbook)
    Dim codes As Variant
    Dim stamp As Variant
    Dim i As Long
    Dim origin As Worksheet
    Dim target As Worksheet
    Dim stampCell As String
    stampCell = QnText("at.run")
    shFigures.Range(stampCell).Value = ""
    QnForgetFigures
    codes = Split(QnText("refresh.lists"), ";")
    For i = 0 To UBound(codes)
        Set origin = source.Worksheets(QnText("sheet." & CStr(codes(i))))
        Set target = QnSheet(CStr(codes(i)))
        CopyList origin, target, QnText("at." & CStr(codes(i)))
    Next i
    codes = Split(QnText("refresh.pages"), ";")
    For i = 0 To UBound(codes)
        Set origin = source.Worksheets(QnText("sheet." & CStr(codes(i))))
        Set target = QnSheet(CStr(codes(i)))
        CopyPage origin, target
    Next i
    Set origin = source.Worksheets(QnText("sheet.shFigures"))
    CopyBlock origin, shFigures, QnText("at.figures")
    CopyBlock origin, shFigures, QnText("at.words")
    codes = Split(QnText("refresh.stamps"), ";")
    For i = 0 To UBound(codes)
        CopyValues origin.Range(CStr(codes(i))), shFigures.Range(CStr(codes(i)))
    Next i
    stamp = origin.Range(stampCell).Value
    shFigures.Range(stampCell).Value = stamp
    QnReady
    KeepTrend
End Sub

Private Function MissingSheet(ByVal source As Workbook) As String
    Dim codes As Variant
    Dim i As Long
    Dim title As String
    MissingSheet = ""
    codes = Split(QnText("refresh.lists") & ";" & QnText("refresh.pages") & ";shFigures", ";")
    For i = 0 To UBound(codes)
        title = QnText("sheet." & CStr(codes(i)))
        If Not HasSheet(source, title) Then MissingSheet = title
    Next i
End Function

Private Function HasSheet(ByVal book As Workbook, ByVal title As String) As Boolean
    Dim sheet As Worksheet
    HasSheet = False
    For Each sheet In book.Worksheets
        If sheet.Name = title Then HasSheet = True
    Next sheet
End Function

Public Function QnSheet(ByVal codeName As String) As Worksheet
    ' By code name: a user may rename a sheet.
    Dim sheet As Worksheet
    For Each sheet In ThisWorkbook.Worksheets
        If StrComp(sheet.CodeName, codeName, vbTextCompare) = 0 Then
            Set QnSheet = sheet
            Exit Function
        End If
    Next sheet
End Function

Private Sub CopyList(ByVal origin As Worksheet, ByVal target As Worksheet, ByVal corner As String)
    ' A table that ends its sheet. Above its heading only the two title lines tell of the run.
    Dim columns As Long
    Dim first As Long
    Dim last As Long
    Dim before As Long
    columns = origin.Range(corner).CurrentRegion.Columns.Count
    first = origin.Range(corner).Row + 1
    last = LastRow(origin)
    before = LastRow(target)
    target.Range("A1").Value = origin.Range("A1").Value
    target.Range("A2").Value = origin.Range("A2").Value
    If before >= first Then Block(target, first, 1, before, columns).ClearContents
    If last >= first Then
        QnHostFormatRows target, first, last, columns
        CopyValues Block(origin, first, 1, last, columns), Block(target, first, 1, last, columns)
    End If
    QnHostResizeTable target, corner, last - first + 1
    QnHostCopyLinks origin, target
End Sub

Private Sub CopyBlock(ByVal origin As Worksheet, ByVal target As Worksheet, ByVal corner As String)
    ' A table of figures or words: as many rows as there are.
    Dim area As Range
    Dim old As Range
    Dim top As Long
    Dim left As Long
    Set area = origin.Range(corner).CurrentRegion
    Set old = target.Range(corner).CurrentRegion
    top = old.Row
    left = old.Column
    Block(target, top, left, top + old.Rows.Count - 1, left + old.Columns.Count - 1).ClearContents
    CopyValues area, Block(target, top, left, top + area.Rows.Count - 1, left + area.Columns.Count - 1)
    QnHostResizeTable target, corner, area.Rows.Count - 1
End Sub

Private Sub CopyValues(ByVal origin As Range, ByVal target As Range)
    ' Columns that hold any text become text columns first: 06, 13.10, 3/4 and =1+1 must stay what they are.
    Dim values As Variant
    Dim i As Long
    Dim j As Long
    values = origin.Value
    If Not IsArray(values) Then
        If VarType(values) = vbString Then target.NumberFormat = "@"
        target.Value = values
        Exit Sub
    End If
    For j = 1 To UBound(values, 2)
        For i = 1 To UBound(values, 1)
            If VarType(values(i, j)) = vbString Then
                Block(target.Worksheet, target.Row, target.Column + j - 1, target.Row + UBound(values, 1) - 1, target.Column + j - 1).NumberFormat = "@"
                Exit For
            End If
        Next i
    Next j
    target.Value = values
End Sub

Private Sub CopyPage(ByVal origin As Worksheet, ByVal target As Worksheet)
    ' A printed page with few cells: looks, texts and formulas. A formula here that only adds a QN_ function
    ' around the one of the report stays.
    Dim rows As Long
    Dim columns As Long
    Dim i As Long
    Dim j As Long
    Dim cell As Range
    Dim own As Range
    Dim native As String
    rows = LastRow(origin)
    columns = origin.UsedRange.Column + origin.UsedRange.Columns.Count - 1
    QnHostCopyLook origin, target, rows
    For i = 1 To rows
        For j = 1 To columns
            Set cell = origin.Cells(i, j)
            Set own = target.Cells(i, j)
            If cell.HasFormula Then
                native = CStr(cell.Formula)
                If InStr(1, CStr(own.Formula), Mid$(native, 2), vbBinaryCompare) = 0 Then own.Formula = native
            ElseIf VarType(cell.Value) = vbString Then
                If CStr(own.Value) <> CStr(cell.Value) Then
                    own.NumberFormat = "@"
                    own.Value = cell.Value
                End If
            ElseIf Not IsEmpty(cell.Value) Then
                own.Value = cell.Value
            ElseIf Not IsEmpty(own.Value) Then
                own.ClearContents
            End If
        Next j
    Next i
    i = LastRow(target)
    If i > rows Then Block(target, rows + 1, 1, i, columns).ClearContents
End Sub

Private Sub KeepTrend()
    ' One line for each cut-off date on the sheet of the charts: this run's line is added or replaced.
    Dim corner As Range
    Dim rowNumber As Long
    Dim columns As Long
    Dim j As Long
    Dim plan As String
    Dim rate As Double
    Dim day As Variant
    Set corner = shCharts.Range(QnText("at.trend"))
    columns = corner.CurrentRegion.Columns.Count
    day = QnShownAsOf()
    rowNumber = 1
    Do While Not IsEmpty(corner.Offset(rowNumber, 0).Value)
        If CLng(corner.Offset(rowNumber, 0).Value) >= CLng(day) Then Exit Do
        rowNumber = rowNumber + 1
    Loop
    If Not IsEmpty(corner.Offset(rowNumber, 0).Value) Then
        If CLng(corner.Offset(rowNumber, 0).Value) > CLng(day) Then Exit Sub
    End If
    corner.Offset(rowNumber, 0).Value = day
    For j = 1 To columns - 1
        plan = CStr(corner.Offset(0, j).Value)
        If QnFigure(plan & "|task|*|rate_total", rate) Then corner.Offset(rowNumber, j).Value = rate
    Next j
End Sub

Private Function LastRow(ByVal sheet As Worksheet) As Long
    LastRow = sheet.UsedRange.Row + sheet.UsedRange.Rows.Count - 1
End Function

Private Function Block(ByVal sheet As Worksheet, ByVal top As Long, ByVal left As Long, ByVal bottom As Long, ByVal right As Long) As Range
    Set Block = sheet.Range(sheet.Cells(top, left), sheet.Cells(bottom, right))
End Function
